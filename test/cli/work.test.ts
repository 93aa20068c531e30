import { createProducer } from 'brinemq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findModules } from '../../src/cli/work/find-modules.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import type { Program } from '../program.ts'
import { rejection } from '../queue/people.ts'
import { brineProcess, project, startBrine } from './brine.ts'
import { loans, Reader } from './project/library.ts'

vi.setConfig({ testTimeout: 90_000 })

function openProducer(prefix: string) {
  const producer = createProducer(loans, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  return producer
}

/** What a program answers to a probe; undefined before it answers at all. */
async function readiness({ err }: Program): Promise<unknown> {
  const [, url] = /probes are answered at (\S+)\/healthz/.exec(err) ?? []
  return url && (await fetch(`${url}/readyz`)).json()
}

const to = (name: string) => Object.assign(new Reader(), { name })
const lend = (name: string) => ({ to: to(name), due: new Date(5), tags: new Set<string>() })

test('runs the worker modules of the configuration until it is told to end', async () => {
  const prefix = freshPrefix()
  const program = startBrine(['work', '--health-port', '0'], { prefix })
  await program.said('lends')
  await expect
    .poll(() => readiness(program), { timeout: 60_000 })
    .toMatchObject({ ok: true, workers: [{ queue: 'loans' }] })
  const job = await openProducer(prefix).enqueue('lend', lend('Ann'))
  expect(await job.result()).toMatchObject({ at: new Date(5) })
  program.child.kill('SIGTERM')
  expect(await program.ended).toBe(143)
  await program.leftNothing()
})

test('runs several processes, replaces one that crashes, passes signals on and ends with all of them', async () => {
  const prefix = freshPrefix()
  const producer = openProducer(prefix)
  const program = startBrine(['work', 'workers/*.ts', '--processes', '2', '--health-port', '0'], { prefix })
  await expect.poll(() => readiness(program), { timeout: 60_000 }).toMatchObject({ ok: false, workers: [{}, {}] })
  const pids = () => [...program.out.matchAll(/worker (\d+) lends/g)].map(([, pid]) => pid)
  await expect.poll(() => pids().length, { timeout: 60_000 }).toBe(2)
  // The process that takes it ends, and the job is taken again, by a process that ends too: so it is taken out.
  const crash = await producer.enqueue('lend', lend('Crash'), { attempts: 1 })
  await expect.poll(() => pids().length, { timeout: 60_000 }).toBeGreaterThan(2)
  expect(program.err).toContain('exit code 9')
  await crash.cancel()
  const workers = Array(2).fill(expect.objectContaining({ queue: 'loans' }))
  await expect.poll(() => readiness(program), { timeout: 60_000 }).toEqual({ ok: true, workers })
  const job = await producer.enqueue('lend', lend('Ann'))
  const { shelf } = await job.result()
  expect(pids()).toContain(shelf)
  program.child.kill('SIGINT')
  expect(await program.ended).toBe(130)
  await program.leftNothing()
})

test('ends its processes when it is killed itself', async () => {
  const program = startBrine(['work', '--processes', '2'], { prefix: freshPrefix() })
  await program.said('lends')
  program.child.kill('SIGKILL')
  expect(await program.ended).toBe('SIGKILL')
  await program.leftNothing()
})

test('fails with the module that cannot be loaded, and with modules that start nothing', async () => {
  const prefix = freshPrefix()
  const [throws, idle, all] = await Promise.all([
    brineProcess(['work', 'workers/lend.ts', 'broken/throws.ts'], { prefix }),
    brineProcess(['work', 'library.ts'], { prefix }),
    brineProcess(['work', 'library.ts', '--processes', '2'], { prefix }),
  ])
  expect(throws).toMatchObject({ code: 1, err: expect.stringContaining('broken/throws.ts failed to start: no shelf') })
  expect(idle).toMatchObject({ code: 1, err: expect.stringContaining('started no worker') })
  // Also while none of its processes runs it stays, to start others.
  expect(all).toMatchObject({ code: 1, err: expect.stringContaining('giving up') })
})

test.each([
  [['workers/*.ts'], ['workers/lend.ts']],
  [['./workers/l?nd.ts', 'workers/lend.ts'], ['workers/lend.ts']],
  [['**/*.config.ts'], ['brine.config.ts']],
  [
    ['library.ts', '**/th*.ts'],
    ['library.ts', 'broken/throws.ts'],
  ],
])('finds the modules of %j', async (patterns, expected) => {
  const found = await findModules(patterns, project)
  expect(found.map((path) => path.slice(project.length + 1))).toEqual(expected)
  expect(await rejection(findModules([...patterns, 'none/*.ts'], project))).toMatchObject({ exit: 2 })
})
