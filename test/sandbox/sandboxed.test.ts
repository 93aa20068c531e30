import { once } from 'node:events'
import { createProducer, createWorker, sandboxed, type WorkerOptions } from 'brinemq'
import type { BackoffOptions } from 'bullmq'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SandboxedOptions } from '../../src/sandbox/sandboxed.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { rejection, untyped } from '../queue/people.ts'
import { Order, type Orders, ordersQueue, Refusal } from './handlers/contract.ts'

const moduleAt = (name: string) => new URL(`./handlers/${name}.ts`, import.meta.url)
const options: Record<SandboxedOptions['in'], SandboxedOptions> = {
  thread: { in: 'thread', workerThreadsOptions: { resourceLimits: { maxOldGenerationSizeMb: 64 } } },
  process: { in: 'process', workerForkOptions: { execArgv: ['--max-old-space-size=64'] } },
}

function open(
  where: SandboxedOptions['in'],
  given: Partial<WorkerOptions<Orders>> = {},
  own: Partial<SandboxedOptions> = {},
) {
  const contract = ordersQueue(freshPrefix())
  const producer = createProducer(contract, { connection: redisUrl })
  const worker = createWorker(contract, {
    connection: redisUrl,
    shutdownOnSignals: false,
    graceMs: 0,
    onError: () => {},
    drainDelay: 1,
    handlers: {
      obey: sandboxed(moduleAt('obey'), { ...options[where], ...own }),
      hurry: sandboxed(moduleAt('hurry'), options[where]),
    },
    ...given,
  })
  onTestFinished(async () => {
    await Promise.all([worker.close(), producer.close()])
  })
  const order = (what: string, attempts = 1, backoff: BackoffOptions = { type: 'fixed', delay: 0 }) =>
    producer.enqueue('obey', new Order(what, new Date()), { attempts, backoff })
  return { contract, producer, worker, order }
}

describe.each(['thread', 'process'] as const)('a sandboxed handler in a %s', (where) => {
  test('receives and gives instances, elsewhere than at home, and stays for the next job', async () => {
    const { order } = open(where)
    const first = await (await order('work')).result()
    expect(first.orders).toEqual([expect.any(Order), new Order('next', new Date(1))])
    expect(first.orders[0]?.isDue).toBe(true)
    expect([first.pid === process.pid, first.thread !== 0]).toEqual([where === 'thread', where === 'thread'])
    const second = await (await order('work')).result()
    expect([second.pid, second.thread]).toEqual([first.pid, first.thread])
  })

  test('that cannot read its payload leaves the job to the quarantine', async () => {
    const contract = ordersQueue(freshPrefix())
    const producer = createProducer(contract, { connection: redisUrl })
    onTestFinished(() => producer.close())
    const job = await producer.enqueue('obey', new Order('work', new Date()), { attempts: 3 })
    const redis = openClient()
    const key = `${contract.prefix}:orders:${job.id}`
    await redis.hset(key, 'data', String(await redis.hget(key, 'data')).replace('order@1', 'stranger@1'))
    open(where, { prefix: String(contract.prefix) })
    const refused = { code: 'JOB_QUARANTINED', cause: { code: 'TAG_UNKNOWN' } }
    expect(await rejection(job.result())).toMatchObject(refused)
    expect(await producer.quarantine.count()).toBe(1)
  })

  test('throws its errors as their classes, with message and stack where BullMQ tools look', async () => {
    const { order, producer } = open(where)
    const job = await order('refuse')
    const error = await rejection(job.result())
    expect(error).toBeInstanceOf(Refusal)
    expect(error).toMatchObject({ message: 'no refuse', order: { what: 'refuse' } })
    const stored = await producer.bullmq.getJob(job.id)
    expect(stored?.failedReason).toBe('no refuse')
    expect(stored?.stacktrace?.[0]).toContain('obey.ts')
  })

  test('keeps the class of an error whose parts cannot travel, for `retry`, `backoff` and middlewares too', async () => {
    const asked: Record<string, unknown[]> = { retry: [], backoff: [], use: [] }
    const { order } = open(where, {
      retry: (error) => {
        asked['retry']?.push(error)
        return error instanceof Refusal
      },
      settings: {
        backoffStrategy: (_made, _type, error) => {
          asked['backoff']?.push(error)
          return 1
        },
      },
      use: [(_job, next) => next().catch((error: unknown) => Promise.reject(asked['use']?.push(error) && error))],
    })
    const error = await rejection((await order('refuse for a reason', 2, { type: 'mine' })).result())
    for (const one of [error, ...Object.values(asked).flat()]) {
      expect(one).toBeInstanceOf(Refusal)
      expect(one).toMatchObject({ order: { what: 'refuse for a reason' }, omitted: ['$.cause.call'] })
      expect((one as Refusal).cause).toBeInstanceOf(TypeError)
      expect((one as Refusal).cause).toMatchObject({ name: 'Unregistered', message: 'no answer', status: 503 })
    }
    expect(Object.values(asked).map((errors) => errors.length)).toEqual([1, 1, 2])
  })

  test('is tried again as at home, and not after an UnrecoverableError or an invalid result', async () => {
    const { order, producer } = open(where)
    const never = await order('never', 3)
    expect(await rejection(never.result())).toMatchObject({ name: 'Never' })
    const nonsense = await order('return nonsense', 3)
    expect(await rejection(nonsense.result())).toMatchObject({ code: 'RESULT_INVALID', path: '$.attempt' })
    for (const { id } of [never, nonsense]) expect((await producer.bullmq.getJob(id))?.attemptsMade).toBe(1)
    const refuse = await order('refuse', 2)
    await rejection(refuse.result())
    expect((await producer.bullmq.getJob(refuse.id))?.attemptsMade).toBe(2)
  })

  test('reports progress and logs before it ends, encoded, and refuses progress that is invalid', async () => {
    const { order, producer } = open(where)
    const job = await order('report')
    await job.result()
    const stored = await producer.bullmq.getJob(job.id)
    expect(stored?.progress).toMatchObject({ brine: 1, kind: 'progress', job: 'obey' })
    expect((await producer.bullmq.getJobLogs(job.id)).logs).toEqual(['half done'])
    expect(await rejection((await order('report nonsense')).result())).toMatchObject({ code: 'PROGRESS_INVALID' })
  })

  test.each(['exit', 'throw outside', 'fill memory'])(
    'fails the attempt when it dies (%s), and the next one succeeds',
    async (what) => {
      const { order } = open(where)
      const error = await rejection((await order(what)).result())
      expect(error).toMatchObject({ code: 'SANDBOX_DIED', job: 'obey' })
      if (what === 'throw outside') expect(error).toMatchObject({ cause: { message: 'outside' } })
      expect(await (await order(what, 2)).result()).toMatchObject({ attempt: 2 })
    },
    // Filling the memory takes its time.
    90_000,
  )

  test('hears of its worker closing by its signal, with the reason as its class', async () => {
    const { order, worker, producer } = open(where)
    const reported = once(worker.bullmq, 'progress')
    const job = await order('wait')
    await reported
    await worker.close()
    expect(await producer.bullmq.getJobState(job.id)).toBe('waiting')
  })

  test('is killed when it hears of nothing, and its job goes back', async () => {
    const { order, worker, producer } = open(where)
    const reported = once(worker.bullmq, 'progress')
    const job = await order('burn')
    await reported
    await worker.close()
    expect(await producer.bullmq.getJobState(job.id)).toBe('waiting')
  })

  test.each(['wait', 'burn'])('is cancelled from elsewhere, and the next job finds it well (%s)', async (what) => {
    const { order, worker } = open(where)
    const reported = once(worker.bullmq, 'progress')
    const job = await order(what, 3)
    await reported
    expect(await job.cancel('nobody waits')).toMatchObject({ state: 'requested' })
    expect(await rejection(job.result())).toMatchObject({ code: 'JOB_CANCELLED', job: 'obey' })
    expect((await job.info())?.attempts).toBe(1)
    expect(await (await order('work')).result()).toMatchObject({ attempt: 1 })
  })

  test('runs the jobs of a schedule', async () => {
    const { producer } = open(where)
    const { nextRun } = await producer.schedules.upsert('each', {
      name: 'obey',
      payload: new Order('work', new Date(1)),
      repeat: { every: 60_000 },
    })
    expect((await nextRun.result()).orders[0]).toEqual(new Order('work', new Date(1)))
  })

  test.each(['delay', 'limit'])('puts its job back at no cost of an attempt (%s)', async (what) => {
    const { order } = open(where)
    const { orders, attempt } = await (await order(what)).result()
    expect(attempt).toBe(1)
    expect(Date.now() - Number(orders[0]?.at)).toBeGreaterThanOrEqual(250)
  })
})

test('a sandboxed handler that burns the processor beyond its time is killed, and the job fails as late', async () => {
  const { producer } = open('thread')
  const job = await producer.enqueue('hurry', new Order('burn', new Date()))
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_TIMEOUT', job: 'hurry' })
})

// Twelve threads that load TypeScript are slow where little else is.
test('a sandboxed handler runs in as many threads as jobs run at once, and nobody is warned of their number', async () => {
  const warned: Error[] = []
  const onWarning = (warning: Error) => void warned.push(warning)
  process.on('warning', onWarning)
  onTestFinished(() => void process.off('warning', onWarning))
  const { order, worker } = open('thread', { concurrency: 12 })
  const all = new Set<unknown>()
  const begun = new Promise((resolve) => {
    worker.bullmq.on('progress', ({ id }) => all.add(id).size === 12 && resolve(id))
  })
  // Each reports that it runs, and ends with the worker.
  await Promise.all(Array.from({ length: 12 }, () => order('wait')))
  await begun
  await worker.close()
  expect(warned).toEqual([])
}, 60_000)

test.each([
  ['missing-import', 'cannot be loaded'],
  ['no-handler', 'must be what defineHandler gives'],
  ['hurry', "handles 'hurry' of 'orders', and not this job"],
])('a module that is no handler of the job fails it at once, without another attempt: %s', async (name, words) => {
  const { worker, producer, contract } = open('thread')
  await worker.close()
  const other = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false, drainDelay: 1 },
    handlers: {
      obey: sandboxed(moduleAt(name), { in: 'thread' }),
      hurry: () => undefined,
    },
  })
  onTestFinished(() => other.close())
  const job = await producer.enqueue('obey', new Order('work', new Date()), { attempts: 3 })
  const error = await rejection(job.result())
  expect(error).toMatchObject({ code: 'OPTIONS_INVALID', job: 'obey' })
  expect(String(error)).toContain(words)
  expect((await producer.bullmq.getJob(job.id))?.attemptsMade).toBe(1)
})

test.each([
  ['./handlers/obey.ts', { in: 'thread' }, 'sandboxed'],
  [new URL('https://example.com/obey.js'), { in: 'thread' }, 'sandboxed'],
  [moduleAt('nothing'), { in: 'thread' }, 'sandboxed'],
  [moduleAt('obey'), undefined, 'sandboxed.in'],
  [moduleAt('obey'), { in: 'fibre' }, 'sandboxed.in'],
  [moduleAt('obey'), { in: 'thread', threads: 3 }, 'sandboxed.threads'],
  [moduleAt('obey'), { in: 'thread', killAfterMs: -1 }, 'sandboxed.killAfterMs'],
])('refuses sandboxed(%s, %o)', (module, options, path) => {
  expect(() => untyped(sandboxed)(module, options)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', path }))
})
