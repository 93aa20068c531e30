import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbedded } from 'brinemq/embedded'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { probePort } from '../../src/embedded/port.ts'
import { startProgram } from '../program.ts'

let redis: EmbeddedServer
let env: { REDIS_URL: string }

beforeAll(async () => {
  redis = await startEmbedded()
  env = { REDIS_URL: redis.url }
})
afterAll(() => redis.close())

async function startWorker(file: string) {
  const worker = startProgram(file, [], { env })
  await worker.said(`worker ${worker.pid} `)
  return worker
}

describe('producers and workers in terminals of their own', { timeout: 60_000 }, () => {
  test('greet, and refuse, with a worker that ends at SIGTERM', async () => {
    const worker = await startWorker('workers/greet.ts')
    const greet = startProgram('producers/greet.ts', [], { env })
    const refuse = startProgram('producers/refuse.ts', [], { env })
    expect(await greet.ended).toBe(0)
    expect(greet.out).toContain('Hello, I am John')
    expect(greet.out).toContain(`said by worker ${worker.pid} `)
    expect(await refuse.ended).toBe(0)
    expect(refuse.out).toContain('in quarantine')
    worker.child.kill('SIGTERM')
    expect(await worker.ended).toBe(128 + 15)
    for (const program of [greet, refuse, worker]) {
      expect(program.err).toBe('')
      await program.leftNothing()
    }
  })

  test('digest a file, an empty folder, and say of a missing one that it is missing, with two workers until Ctrl-C', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'brine-alone-'))
    onTestFinished(() => rm(empty, { recursive: true }))
    const workers = await Promise.all([startWorker('workers/digest.ts'), startWorker('workers/digest.ts')])
    const [file, folder, missing] = ['package.json', empty, join(empty, 'missing')].map((path) =>
      startProgram('producers/digest.ts', [path], { env }),
    )
    expect(await file?.ended).toBe(0)
    expect(file?.out).toMatch(/^ {2}files +1$/m)
    expect(file?.out).toMatch(/^ {2}last changed +.*package\.json$/m)
    expect(await folder?.ended).toBe(0)
    expect(folder?.out).toMatch(/^ {2}files +0$/m)
    expect(await missing?.ended).toBe(1)
    expect(missing?.err).toMatch(/^ENOENT: .*\n$/)
    for (const worker of workers) {
      worker.child.kill('SIGINT')
      expect(await worker.ended).toBe(128 + 2)
      expect(worker.err).toBe('')
      await worker.leftNothing()
    }
  })

  test('a file that cannot be read makes the exit code 1, and is named with what the worker saw', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'brine-alone-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    // A name that is no UTF-8 reaches nobody as a string.
    await writeFile(Buffer.from(`${folder}/bad-\xff`, 'latin1'), 'x')
    await startWorker('workers/digest.ts')
    const digest = startProgram('producers/digest.ts', [folder], { env })
    expect(await digest.ended).toBe(1)
    expect(digest.err).toMatch(/^ {2}failed: .*bad-.*: ENOENT: /)
    expect(digest.out).not.toContain('every digest is the same')
  })

  test('a worker waits for a Redis that comes later, and ends while none is there', async () => {
    const port = await probePort()
    const late = { REDIS_URL: `redis://127.0.0.1:${port}` }
    const [patient, stopped] = [1, 2].map(() => startProgram('workers/greet.ts', [], { env: late }))
    for (const worker of [patient, stopped])
      await expect.poll(() => worker?.err, { timeout: 20_000 }).toContain('REDIS_UNREACHABLE')
    stopped?.child.kill('SIGTERM')
    expect(await stopped?.ended).toBe(128 + 15)
    expect(stopped?.err.trimEnd().split('\n')).toHaveLength(1)
    const server = await startEmbedded({ port })
    onTestFinished(() => server.close())
    await patient?.said('greets people')
    expect(patient?.err.trimEnd().split('\n')).toHaveLength(1)
  })

  test('a producer without a Redis says so in one line', async () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:1' }
    const producers = ['greet', 'digest', 'refuse'].map((name) =>
      startProgram(`producers/${name}.ts`, ['LICENSE'], { env }),
    )
    for (const producer of producers) {
      expect(await producer.ended).toBe(1)
      expect(producer.err).toMatch(/^REDIS_UNREACHABLE.*127\.0\.0\.1:1 .*\n$/)
    }
  })
})
