import { AsyncLocalStorage } from 'node:async_hooks'
import { createProducer, createWorker, type EnqueueMiddleware, type Middleware, sandboxed } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AddedOptions } from '../../src/enqueue/enqueue-middleware.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import { Order, type Orders, ordersQueue, Refusal } from '../sandbox/handlers/contract.ts'
import { openProducer, openWorker, type People, Person, peopleQueue, rejection, TooYoung, untyped } from './people.ts'

const ada = new Person('Ada', 7)

describe('a middleware of a worker', () => {
  test('sees payload, result and error as the handler does, the first one outermost', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const told: unknown[] = []
    const tell =
      (who: string): Middleware<People> =>
      async (job, next) => {
        told.push([who, job.queue, job.name, job.attempt, job.payload])
        try {
          const result = await next()
          told.push([who, 'gave', result])
          return result
        } catch (error) {
          told.push([who, 'threw', error])
          throw error
        }
      }
    const given: unknown[] = []
    const handle = (payload: unknown) => {
      given.push(payload)
      if (payload === 'fail') throw new TooYoung(ada)
      return { payload }
    }
    openWorker(contract, handle, { use: [tell('outer'), tell('inner')] })
    await (await producer.enqueue('anything', ada)).result()
    expect(told).toEqual([
      ['outer', 'people', 'anything', 1, ada],
      ['inner', 'people', 'anything', 1, ada],
      ['inner', 'gave', { payload: ada }],
      ['outer', 'gave', { payload: ada }],
    ])
    expect((told[0] as unknown[]).at(-1)).toBe(given[0])
    told.length = 0
    await rejection((await producer.enqueue('anything', 'fail')).result())
    expect(told.slice(2)).toEqual([
      ['inner', 'threw', expect.any(TooYoung)],
      ['outer', 'threw', expect.any(TooYoung)],
    ])
  })

  test('lends the handler an AsyncLocalStorage', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const tenants = new AsyncLocalStorage<string>()
    const tenancy: Middleware = (job, next) => tenants.run(`tenant of ${job.metadata}`, next)
    openWorker(contract, () => tenants.getStore(), { use: [tenancy] })
    const job = await producer.enqueue('anything', 1, { telemetry: { metadata: 'acme' } })
    expect(await job.result()).toBe('tenant of acme')
  })

  test('that throws before next() fails the attempt, and the handler does not run', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    let runs = 0
    const refuse: Middleware = (job, next) => {
      if (job.attempt === 1) throw new TooYoung(ada)
      return next()
    }
    openWorker(contract, () => ++runs, { use: [refuse] })
    expect(await rejection((await producer.enqueue('anything', 1)).result())).toBeInstanceOf(TooYoung)
    expect(runs).toBe(0)
    expect(await (await producer.enqueue('anything', 1, { attempts: 2 })).result()).toBe(1)
  })

  test('that throws after next() fails the attempt, and what it gives in place of a result is validated', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    let runs = 0
    const commit: Middleware = async (_job, next) => {
      await next()
      throw new RangeError('not committed')
    }
    const worker = openWorker(contract, () => ++runs, { use: [commit] })
    expect(await rejection((await producer.enqueue('anything', 1)).result())).toBeInstanceOf(RangeError)
    expect(runs).toBe(1)
    await worker.close()
    const forgets: Middleware = async (_job, next) => {
      await next()
      return undefined as never
    }
    openWorker(contract, () => 1, { use: [forgets] })
    const greeted = await producer.enqueue('greet', { person: ada, at: new Date() })
    expect(await rejection(greeted.result())).toMatchObject({ code: 'RESULT_INVALID' })
  })

  test('does not hear of a job that cannot be validated', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const names: string[] = []
    openWorker(contract, () => 1, {
      use: [
        (job, next) => {
          names.push(job.name)
          return next()
        },
      ],
    })
    const broken = await producer.bullmq.add('greet', { not: 'ours' })
    await rejection(producer.job('greet', String(broken.id)).result())
    await (await producer.enqueue('anything', 1)).result()
    expect(names).toEqual(['anything'])
  })

  test.each([1, [1], [undefined], { use: 1 }])('is refused when it is no function (%o)', (use) => {
    const contract = peopleQueue()
    const create = untyped(createWorker)
    const handlers = { greet: () => {}, anything: () => {} }
    expect(() => create(contract, { connection: redisUrl, handlers, use })).toThrow('OPTIONS_INVALID use: ')
    expect(() => untyped(createProducer)(contract, { connection: redisUrl, use })).toThrow('OPTIONS_INVALID use: ')
  })

  test('sees the instances of a sandboxed handler, whose result and error go on as they came', async () => {
    const contract = ordersQueue(freshPrefix())
    const told: unknown[] = []
    const tell: Middleware<Orders> = async (job, next) => {
      told.push(job.payload)
      try {
        const result = await next()
        told.push(result)
        return result
      } catch (error) {
        told.push(error)
        throw error
      }
    }
    const producer = createProducer(contract, { connection: redisUrl })
    const module = new URL('../sandbox/handlers/obey.ts', import.meta.url)
    const worker = createWorker(contract, {
      ...{ connection: redisUrl, shutdownOnSignals: false, drainDelay: 1 },
      handlers: { obey: sandboxed(module, { in: 'thread' }), hurry: () => {} },
      use: [tell],
      retry: (error) => {
        told.push(error)
        return false
      },
    })
    onTestFinished(async () => {
      await Promise.all([worker.close(), producer.close()])
    })
    const job = await producer.enqueue('obey', new Order('work', new Date()))
    expect(await job.result()).toMatchObject({ attempt: 1 })
    expect(told).toEqual([expect.any(Order), { ...(await job.result()) }])
    told.length = 0
    const refused = await producer.enqueue('obey', new Order('refuse', new Date()), { attempts: 2 })
    expect(await rejection(refused.result())).toBeInstanceOf(Refusal)
    expect(told).toEqual([expect.any(Order), expect.any(Refusal), expect.any(Refusal)])
    const stored = await producer.bullmq.getJob(refused.id)
    expect(stored?.stacktrace?.[0]).toContain('obey.ts')
  })
})

describe('a middleware of a producer', () => {
  test('is told of each job before and after it is sent, with its id, the first one outermost', async () => {
    const contract = peopleQueue()
    const told: unknown[] = []
    const tell =
      (who: string): EnqueueMiddleware<People> =>
      async (job, next) => {
        told.push([who, job.queue, job.name, job.payload, job.options])
        const handle = await next()
        told.push([who, 'sent', handle.id === job.id])
        return handle
      }
    const producer = openProducer(contract, { use: [tell('outer'), tell('inner')] })
    const { id } = await producer.enqueue('anything', ada, { priority: 3 })
    const options = { jobId: id, priority: 3 }
    expect(told).toEqual([
      ['outer', 'people', 'anything', ada, options],
      ['inner', 'people', 'anything', ada, options],
      ['inner', 'sent', true],
      ['outer', 'sent', true],
    ])
  })

  test('adds options, checked as those of the caller, and cannot choose the id', async () => {
    const contract = peopleQueue()
    const trace: EnqueueMiddleware = (_job, next) => next({ telemetry: { metadata: 'trace' }, delay: 60_000 })
    const traced = openProducer(contract, { use: [trace] })
    const { id } = await traced.enqueue('anything', 1)
    const stored = await traced.bullmq.getJob(id)
    expect([stored?.opts.telemetry?.metadata, stored?.delay]).toEqual(['trace', 60_000])
    for (const [options, path] of [
      [{ delay: -1 }, 'options.delay'],
      [{ jobId: 'a' }, 'options.jobId'],
    ] as const) {
      const wrong: EnqueueMiddleware = (_job, next) => next(options as AddedOptions)
      const error = await rejection(openProducer(contract, { use: [wrong] }).enqueue('anything', 1))
      expect(error).toMatchObject({ code: 'OPTIONS_INVALID', path })
    }
  })

  test('that throws, or does not call next(), keeps the job from being sent', async () => {
    const contract = peopleQueue()
    const refuse: EnqueueMiddleware = () => {
      throw new TooYoung(ada)
    }
    const refusing = openProducer(contract, { use: [refuse] })
    expect(await rejection(refusing.enqueue('anything', 1))).toBeInstanceOf(TooYoung)
    const forget: EnqueueMiddleware = async () => ({ id: '1' }) as never
    const forgetting = openProducer(contract, { use: [forget] })
    expect(await rejection(forgetting.enqueue('anything', 1))).toMatchObject({ code: 'OPTIONS_INVALID', path: 'use' })
    expect(await refusing.bullmq.count()).toBe(0)
  })

  test('is told of each job of a bulk, of which all are sent together or none', async () => {
    const contract = peopleQueue()
    const ids: string[] = []
    const refuseThird: EnqueueMiddleware = async (job, next) => {
      if (job.payload === 3) throw new TooYoung(ada)
      const { id } = await next({ priority: ids.push(job.id) })
      expect(id).toBe(job.id)
      return next()
    }
    const producer = openProducer(contract, { use: [refuseThird] })
    const items = (payloads: number[]) => payloads.map((payload) => ({ name: 'anything', payload }) as const)
    const jobs = await producer.enqueueBulk(items([1, 2]))
    expect(jobs.map(({ id }) => id)).toEqual(ids)
    expect(await Promise.all(ids.map(async (id) => (await producer.bullmq.getJob(id))?.priority))).toEqual([1, 2])
    expect(await rejection(producer.enqueueBulk(items([1, 2, 3])))).toBeInstanceOf(TooYoung)
    expect(await producer.bullmq.getJobCountByTypes('prioritized', 'waiting')).toBe(2)
  })

  test('is not told of a payload that is refused', async () => {
    const told: unknown[] = []
    const tell: EnqueueMiddleware = (job, next) => {
      told.push(job)
      return next()
    }
    const producer = openProducer(peopleQueue(), { use: [tell] })
    await rejection(producer.enqueue('anything', () => 1))
    expect(told).toEqual([])
  })
})
