import { setTimeout as wait } from 'node:timers/promises'
import { createProducer, createWorker, defineQueue, type Producer, type QueueWorker } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { type Program, startProgram } from '../program.ts'
import { gate } from '../queue/people.ts'
import { mortals } from './mortal.ts'
import { printFigures } from './scale.ts'

function open() {
  const prefix = freshPrefix()
  const producer = createProducer(mortals, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  return { prefix, producer }
}

/** Starts a worker's process, and another whenever it has died, until the test is over. */
function keepAlive(prefix: string, lockMs = 1_000) {
  const programs: Program[] = []
  const env = { REDIS_URL: redisUrl, PREFIX: prefix, LOCK_MS: `${lockMs}` }
  let over = false
  const start = async () => {
    while (!over) {
      const program = startProgram('test/fault/mortal-worker.ts', [], { env })
      programs.push(program)
      await program.ended
    }
  }
  void start()
  onTestFinished(() => {
    over = true
    programs.at(-1)?.child.kill('SIGKILL')
  })
  return programs
}

test('a job that ends its process goes to quarantine, and of its neighbours none fails', async () => {
  const { prefix, producer } = open()
  const innocents = await producer.enqueueBulk(
    Array.from({ length: 40 }, () => ({ name: 'live' as const, payload: { ms: 150 } })),
  )
  const guilty = await producer.enqueue('kill', { afterMs: 50 }, { lifo: true })
  const programs = keepAlive(prefix)
  await expect(guilty.result({ timeoutMs: 100_000 })).rejects.toMatchObject({
    code: 'JOB_QUARANTINED',
    cause: { code: 'JOB_STALLED', message: expect.stringContaining('6 workers died with it') },
  })
  expect(await Promise.all(innocents.map((job) => job.result({ timeoutMs: 30_000 })))).toEqual(Array(40).fill('alive'))
  expect(await producer.control.counts()).toMatchObject({ failed: 0, quarantined: 1, completed: 40 })
  const counts = await producer.control.counts()
  printFigures('a job kills its process', {
    deaths: programs.length - 1,
    completed: counts.completed,
    failed: counts.failed,
  })
  // From the third time on it begins alone: whatever began before it has ended, and nothing else begins.
  for (const { out } of programs.slice(3, 6)) expect(out.trim().split('\n').at(-1)).toBe(`began ${guilty.id}`)
  expect(programs.length).toBe(7)
}, 120_000)

test('a job comes back from that quarantine as if nobody had died with it', async () => {
  const { prefix, producer } = open()
  const client = openClient()
  const job = await producer.enqueue('live', { ms: 1 })
  const key = `${prefix}:mortals:${job.id}`
  await client.hset(key, { stc: 6, 'brine:alone': 4, defa: 'job stalled more than allowable limit' })
  let runs = 0
  const worker = createWorker(mortals, {
    ...{ connection: redisUrl, prefix, shutdownOnSignals: false, concurrency: 5 },
    handlers: {
      live: () => {
        runs += 1
        return 'alive' as const
      },
      kill: () => {},
      block: () => 'returned' as const,
    },
  })
  onTestFinished(() => worker.close())
  await expect(job.result({ timeoutMs: 20_000 })).rejects.toMatchObject({ cause: { code: 'JOB_STALLED' } })
  expect(runs).toBe(0)
  await producer.quarantine.replay({})
  expect(await job.result({ timeoutMs: 20_000 })).toBe('alive')
  expect(await client.hmget(key, 'stc', 'brine:alone', 'defa')).toEqual([null, null, null])
})

test('handlers that keep their process busy for longer than a lock lasts have returned, and so the jobs complete', async () => {
  const { prefix, producer } = open()
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 20 }, () => ({ name: 'block' as const, payload: { ms: 600 } })),
  )
  const programs = keepAlive(prefix, 400)
  expect(await Promise.all(jobs.map((job) => job.result({ timeoutMs: 100_000 })))).toEqual(Array(20).fill('returned'))
  expect(await producer.control.counts()).toMatchObject({ failed: 0, quarantined: 0, completed: 20 })
  const [{ out } = { out: '' }] = programs
  expect(out.trim().split('\n').length).toBe(20)
}, 120_000)

test('a job with which two workers died runs alone in its process, also beside workers of other queues', async () => {
  const client = openClient()
  const prefix = freshPrefix()
  const began: string[] = []
  const gates = new Map<string, { open: () => void }>()
  const contracts = ['left', 'right'].map((name) =>
    defineQueue(name, { prefix, jobs: { hold: { payload: z.string() } } }),
  )
  const [left, right] = contracts as [(typeof contracts)[0], (typeof contracts)[0]]
  const workers: QueueWorker[] = []
  for (const contract of contracts) {
    const worker = createWorker(contract, {
      ...{ connection: redisUrl, shutdownOnSignals: false, concurrency: 3 },
      handlers: {
        hold: async (name) => {
          began.push(name)
          const held = gate()
          gates.set(name, held)
          await held.opened
        },
      },
    })
    workers.push(worker)
    onTestFinished(() => worker.close({ graceMs: 0 }))
  }
  const [one, other] = [left, right].map((contract) => {
    const producer = createProducer(contract, { connection: redisUrl })
    onTestFinished(() => producer.close())
    return producer
  }) as [Producer<typeof left>, Producer<typeof left>]
  await Promise.all([one.enqueue('hold', 'a'), other.enqueue('hold', 'b')])
  await expect.poll(() => began.length).toBe(2)
  await one.control.pause()
  const suspect = await one.enqueue('hold', 'suspect')
  await client.hset(`${prefix}:left:${suspect.id}`, 'stc', 2)
  await one.control.resume()
  // From when its worker has it, and not only from when Redis has it among the active ones.
  await expect.poll(() => workers.map(({ bullmq }) => bullmq.concurrency)).toEqual([1, 1])
  const later = await Promise.all([one.enqueue('hold', 'c'), other.enqueue('hold', 'd'), other.enqueue('hold', 'e')])
  gates.get('a')?.open()
  // It waits for the last of its neighbours, and nothing else begins meanwhile.
  await expect.poll(() => one.control.counts()).toMatchObject({ completed: 1 })
  expect(began.toSorted()).toEqual(['a', 'b'])
  gates.get('b')?.open()
  await expect.poll(() => began.length).toBe(3)
  expect(began.at(-1)).toBe('suspect')
  await wait(300)
  expect(began.length).toBe(3)
  expect(await client.hget(`${prefix}:left:${suspect.id}`, 'brine:alone')).toBe('1')
  gates.get('suspect')?.open()
  await expect.poll(() => began.length).toBe(6)
  for (const { open } of gates.values()) open()
  await Promise.all([suspect, ...later].map((job) => job.result({ timeoutMs: 20_000 })))
})
