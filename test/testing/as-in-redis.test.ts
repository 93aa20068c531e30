import { createProducer, createWorker, defineQueue, type Producer, type WorkerOptions } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { openProducer, openWorker, type People, peopleQueue } from '../queue/people.ts'

type Anything = WorkerOptions<People>['handlers']['anything']

interface Side {
  producer: Producer<People>
  /** What was run, in its order, once nothing waits any more. */
  run(): Promise<unknown[]>
}

const later = { delay: 600_000 }
/** Its first run fails. */
const failing = (id: string) => `failing ${id}`

/** Fails what begins with `failing` the first time, and refuses what begins with `bad` each time. */
function handler(ran: unknown[]): Anything {
  return (payload) => {
    const before = ran.includes(payload)
    ran.push(payload)
    if (String(payload).startsWith('failing') && !before) throw new Error('once')
  }
}

async function fail({ producer, run }: Side, jobs: { id: string; priority?: number; lifo?: boolean }[]) {
  for (const { id, ...options } of jobs) {
    await producer.enqueue('anything', failing(id), { jobId: id, ...options })
    await run()
  }
  await producer.control.pause()
}

const scenarios: [title: string, scenario: (side: Side) => Promise<unknown>][] = [
  [
    'retryFailed puts jobs behind those that wait, without their priorities',
    async (side) => {
      const { producer, run } = side
      await fail(side, [{ id: 'a', priority: 5 }, { id: 'b' }, { id: 'c', lifo: true }])
      await producer.enqueue('anything', 'waits', { jobId: 'd' })
      await producer.enqueue('anything', 'has one', { priority: 1 })
      await producer.control.retryFailed()
      return [await producer.control.counts(), await run()]
    },
  ],
  [
    'a retry is where a new job would be',
    async (side) => {
      const { producer, run } = side
      await fail(side, [{ id: 'a', priority: 5 }, { id: 'b' }, { id: 'c', lifo: true }])
      await producer.enqueue('anything', 'waits')
      await producer.enqueue('anything', 'has one', { priority: 7 })
      for (const id of ['a', 'b', 'c']) await producer.job('anything', id).retry()
      return [await producer.control.counts(), await run()]
    },
  ],
  [
    'promoteDelayed takes them by their times, and passes over priorities',
    async ({ producer, run }) => {
      await producer.enqueue('anything', 'a', { delay: 600_000, priority: 3 })
      await producer.enqueue('anything', 'b', { delay: 300_000 })
      await producer.enqueue('anything', 'c', { delay: 500_000, lifo: true })
      await producer.enqueue('anything', 'd')
      await producer.enqueue('anything', 'e', { priority: 1 })
      await producer.control.promoteDelayed()
      return [await producer.control.counts(), await run()]
    },
  ],
  [
    'a job that is promoted keeps its priority',
    async ({ producer, run }) => {
      for (const [jobId, options] of [
        ['a', { priority: 3 }],
        ['b', {}],
        ['c', { lifo: true }],
      ] as const) {
        await producer.enqueue('anything', jobId, { ...later, ...options, jobId })
      }
      await producer.enqueue('anything', 'd')
      await producer.enqueue('anything', 'e', { priority: 2 })
      for (const id of ['a', 'b', 'c']) await producer.job('anything', id).promote()
      return [await producer.control.counts(), await run()]
    },
  ],
  [
    'attempts come again by priority, or at once with lifo',
    async ({ producer, run }) => {
      await producer.enqueue('anything', failing('a'), { attempts: 2, priority: 2 })
      await producer.enqueue('anything', failing('b'), { attempts: 2, lifo: true })
      await producer.enqueue('anything', failing('c'), { attempts: 2 })
      await producer.enqueue('anything', 'd')
      await producer.enqueue('anything', 'e', { priority: 3 })
      return run()
    },
  ],
  ...(['waiting', 'delayed', 'prioritized', 'completed', 'failed'] as const).map(
    (state): [string, (side: Side) => Promise<unknown>] => [
      `clean takes the first two that are ${state}`,
      async ({ producer, run }) => {
        const options = { waiting: {}, delayed: later, prioritized: { priority: 3 }, completed: {}, failed: {} }[state]
        for (const jobId of ['a', 'b', 'c', 'd']) {
          const payload = state === 'failed' ? failing(jobId) : jobId
          const more = jobId === 'c' && 'priority' in options ? { priority: 1 } : {}
          await producer.enqueue('anything', payload, { ...options, ...more, jobId })
          if (state === 'completed' || state === 'failed') await run()
        }
        // As old as now is for Redis none that came in this millisecond.
        await new Promise((resolve) => setTimeout(resolve, 5))
        return producer.control.clean(state, { limit: 2 })
      },
    ],
  ),
  [
    'a job that is gone or waits refuses to be moved',
    async ({ producer }) => {
      await producer.enqueue('anything', 1, { jobId: 'waits' })
      const said: unknown[] = []
      for (const id of ['waits', 'gone']) {
        const job = producer.job('anything', id)
        said.push(
          await codeOf(job.promote()),
          await codeOf(job.retry()),
          await codeOf(job.remove()),
          await job.cancel(),
        )
      }
      return said
    },
  ],
  [
    'a deduplication is over with its job, when that is removed',
    async ({ producer, run }) => {
      const deduplication = { id: 'one' }
      await producer.enqueue('anything', 1, { ...later, jobId: 'a', deduplication })
      await producer.job('anything', 'a').remove()
      const second = await producer.enqueue('anything', 2, { jobId: 'b', deduplication })
      return [second.id, await run()]
    },
  ],
]

test.each(scenarios)('in memory as in Redis: %s', async (_title, scenario) => {
  const inMemory = await seen((handle) => {
    const handlers = { anything: handle, greet: () => ({ text: '', greetedAt: new Date(1), friends: [] }) }
    return createInline(peopleQueue(), { handlers })
  })
  const inRedis = await seen((handle) => {
    const contract = peopleQueue()
    openWorker(contract, handle)
    return openProducer(contract)
  })
  expect(inMemory).toEqual(inRedis)

  async function seen(open: (handle: Anything) => Producer<People>): Promise<unknown> {
    const ran: unknown[] = []
    const producer = open(handler(ran))
    await producer.control.pause()
    const run = async () => {
      await producer.control.resume()
      const busy = async () => {
        const { waiting, prioritized, active } = await producer.control.counts()
        return waiting + prioritized + active
      }
      await expect.poll(busy, { interval: 5 }).toBe(0)
      return ran
    }
    return scenario({ producer, run })
  }
})

test('in memory as in Redis: a job in quarantine is at home there, and its id is free', async () => {
  // What comes out of its text for 0 is refused where it is read, and not where it is enqueued.
  const payload = z
    .object({ n: z.number() })
    .transform(({ n }) => 1 / n)
    .pipe(z.number().max(10))
  const contract = defineQueue('inverse', { prefix: freshPrefix(), jobs: { invert: { payload } } })
  const handlers = { invert: (n: number) => n }
  const options = { connection: redisUrl, handlers, shutdownOnSignals: false, drainDelay: 1, onError: () => {} }
  const worker = createWorker(contract, options)
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(async () => void (await Promise.all([worker.close(), producer.close()])))
  const seen = async (on: Producer<typeof contract>) => {
    const job = await on.enqueue('invert', { n: 0 }, { jobId: 'a', deduplication: { id: 'one' } })
    const said = [await codeOf(job.result()), await job.state()]
    for (const move of ['promote', 'retry', 'remove'] as const) said.push(await codeOf(job[move]()))
    said.push(await job.cancel())
    const again = await on.enqueue('invert', { n: 0.5 }, { jobId: 'a', deduplication: { id: 'one' } })
    return [...said, await again.result(), await again.state(), await on.control.counts()]
  }
  expect(await seen(createInline(contract, { handlers }))).toEqual(await seen(producer))
})

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error === undefined ? 'done' : Object(error).code
}
