import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../../src/contract/define-queue.ts'
import { node } from '../../../src/queue/flow/flow-node.ts'
import { createFlowProducer } from '../../../src/queue/flow/flow-producer.ts'
import { isolated } from '../../../src/queue/isolate/isolated.ts'
import { createProducer } from '../../../src/queue/producer/producer.ts'
import { createWorker } from '../../../src/queue/worker/worker.ts'
import { createInline } from '../../../src/testing/create-inline.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { gate, Person, rejection, TooYoung } from '../people.ts'
import { accounts, keysOf, produce, unsealedAccounts, work } from './sealed-queue.ts'
import { vault } from './vault.ts'

const cents = 5n
const quiet = { connection: redisUrl, shutdownOnSignals: false, graceMs: 0, drainDelay: 1, onError: () => {} }

/** Every text that Redis holds under a prefix. */
async function everythingUnder(prefix: string): Promise<string> {
  const redis = openClient()
  const texts: unknown[] = []
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    for (const key of keys) {
      const type = await redis.type(key)
      if (type === 'hash') texts.push(await redis.hgetall(key))
      if (type === 'stream') texts.push(await redis.xrange(key, '-', '+'))
      if (type === 'list') texts.push(await redis.lrange(key, 0, -1))
      if (type === 'string') texts.push(await redis.get(key))
    }
  }
  return JSON.stringify(texts)
}

describe.each(['sign', 'encrypt'] as const)('a queue with keys, in mode %s,', (mode) => {
  test('carries payloads, progress and results, singly, in bulks and by map', async () => {
    const contract = accounts(keysOf(mode))
    const producer = produce(contract)
    work(contract, async (payment, { progress }) => progress(payment))
    const events = producer.events()
    const job = await producer.enqueue('pay', { to: 'single', cents })
    expect(await job.result()).toEqual({ to: 'single', cents })
    expect(await job.progress()).toEqual({ to: 'single', cents })
    const bulk = await producer.enqueueBulk([
      { name: 'pay', payload: { to: 'one', cents } },
      { name: 'refund', payload: { to: 'two', cents } },
    ])
    expect(await Promise.all(bulk.map((one) => one.result()))).toEqual([
      { to: 'one', cents },
      { to: 'two', cents },
    ])
    for await (const outcome of producer.map('pay', [{ to: 'mapped', cents }])) {
      expect(outcome).toMatchObject({ status: 'completed', result: { to: 'mapped' } })
    }
    for await (const event of events) {
      if (event.type !== 'completed') continue
      expect(event).toMatchObject({ id: job.id, name: 'pay', result: { to: 'single', cents } })
      break
    }
  })

  test('keeps what was thrown for those who have the keys, and tells Redis its class alone', async () => {
    const contract = accounts(keysOf(mode))
    const producer = produce(contract)
    const thrown = [
      () => new TooYoung(new Person('Johanna-secret', 5), { cause: new Error('secret cause') }),
      () => new RangeError('card 4242-secret refused\n    at secret (secret.js:1:1)'),
      () => 'a secret text',
      () => Object.assign(new Error('x'), { name: 'secret', stack: 'secret' }),
      () => new (class Refused extends TypeError {})('secret'),
    ]
    work(contract, async ({ to }) => {
      throw thrown[Number(to)]?.()
    })
    const jobs = await producer.enqueueBulk(
      thrown.map((_, index) => ({
        name: 'pay' as const,
        payload: { to: `${index}`, cents },
        options: { attempts: 2 },
      })),
    )
    const errors = await Promise.all(jobs.map((job) => rejection(job.result())))
    expect(errors[0]).toBeInstanceOf(TooYoung)
    expect(errors[0]).toMatchObject({ person: { name: 'Johanna-secret' }, cause: { message: 'secret cause' } })
    expect(errors[1]).toMatchObject({ name: 'RangeError', message: expect.stringContaining('4242') })
    const redis = openClient()
    const told = await Promise.all(
      jobs.map(({ id }) => redis.hmget(`${contract.prefix}:accounts:${id}`, 'failedReason', 'stacktrace')),
    )
    expect(told.map(([reason]) => String(reason).split(':')[0])).toEqual([
      ...['TooYoung', 'RangeError', 'string', 'Error', 'Refused'],
    ])
    expect(JSON.stringify(told)).not.toContain('secret')
    if (mode === 'encrypt') expect(await everythingUnder(String(contract.prefix))).not.toContain('secret')
  })

  test('retries, cancels and retries again under the same seal', async () => {
    const contract = accounts(keysOf(mode))
    const producer = produce(contract)
    const running = gate()
    let failing = true
    const { handled } = work(contract, async ({ to }, { signal, attempt }) => {
      if (to === 'twice' && attempt === 1) throw new Error('once')
      if (to === 'late' && failing) throw new Error('later')
      if (to !== 'cancelled') return
      running.open()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    expect(await (await producer.enqueue('pay', { to: 'twice', cents }, { attempts: 2 })).result()).toBeDefined()
    const late = await producer.enqueue('pay', { to: 'late', cents })
    await rejection(late.result())
    failing = false
    await late.retry()
    expect(await late.result()).toEqual({ to: 'late', cents })
    const cancelled = await producer.enqueue('pay', { to: 'cancelled', cents })
    await running.opened
    await cancelled.cancel('no more')
    expect(await rejection(cancelled.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    const delayed = await producer.enqueue('pay', { to: 'delayed', cents }, { delay: 60_000 })
    await delayed.cancel('no more')
    expect(await rejection(delayed.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    const promoted = await producer.enqueue('pay', { to: 'promoted', cents }, { delay: 60_000 })
    await promoted.promote()
    await promoted.result()
    expect(handled).toEqual(['pay twice', 'pay twice', 'pay late', 'pay late', 'pay cancelled', 'pay promoted'])
  })

  test('keeps the last of deduplicated jobs under its own seal', async () => {
    const contract = accounts(keysOf(mode))
    const producer = produce(contract)
    const [started, go] = [gate(), gate()]
    const { handled } = work(contract, async ({ to }) => {
      if (to !== 'first') return
      started.open()
      await go.opened
    })
    const deduplication = { id: 'one', keepLastIfActive: true }
    await producer.enqueue('pay', { to: 'first', cents }, { deduplication })
    await started.opened
    await producer.enqueue('pay', { to: 'second', cents }, { deduplication })
    const third = { deduplication, jobId: 'the-third' }
    await producer.enqueue('pay', { to: 'third', cents }, third)
    go.open()
    await producer.job('pay', 'the-third').result()
    expect(handled).toEqual(['pay first', 'pay third'])
  })

  test('seals a schedule once for all its runs, and reconciles without a change', async () => {
    const prefix = freshPrefix()
    const payload = { to: 'rent', cents }
    const pay = z.object({ to: z.string(), cents: z.bigint() })
    const contract = (active: 'k1' | 'k2', to = 'rent') =>
      defineQueue('rents', {
        prefix,
        keys: keysOf(mode, { active }),
        jobs: { pay: { payload: pay } },
        schedules: { hourly: { job: 'pay', payload: { ...payload, to }, repeat: { every: 3_600_000 } } },
      })
    const open = (of: ReturnType<typeof contract>) => {
      const producer = createProducer(of, { connection: redisUrl })
      onTestFinished(() => producer.close())
      return producer
    }
    const producer = open(contract('k1'))
    expect(await producer.schedules.reconcile()).toMatchObject({ added: ['hourly'] })
    const nothing = { added: [], changed: [], removed: [] }
    expect(await producer.schedules.reconcile()).toEqual(nothing)
    expect(await open(contract('k1')).schedules.reconcile()).toEqual(nothing)
    expect(await producer.schedules.list()).toMatchObject([{ id: 'hourly', payload }])
    const stored = await everythingUnder(prefix)
    if (mode === 'encrypt') expect(stored).not.toContain('"rent"')
    // Another active key seals what is declared anew, as another payload does.
    expect(await open(contract('k2')).schedules.reconcile()).toMatchObject({ changed: ['hourly'] })
    expect(await open(contract('k2')).schedules.reconcile()).toEqual(nothing)
    expect(await open(contract('k2', 'more')).schedules.reconcile()).toMatchObject({ changed: ['hourly'] })

    const fast = open(contract('k2'))
    const { id } = await fast.schedules.upsert('fast', { name: 'pay', payload, repeat: { every: 50 } })
    const seen: string[] = []
    const twice = gate()
    const worker = createWorker(contract('k2'), {
      ...{ ...quiet, reconcileSchedules: false },
      handlers: {
        pay: (_, context) => {
          if (context.id.startsWith(`repeat:${id}:`) && seen.push(context.id) === 2) twice.open()
        },
      },
    })
    onTestFinished(() => worker.close())
    await twice.opened
  })

  test('carries flows: children’s results and errors, and children that a handler adds', async () => {
    const prefix = freshPrefix()
    const digests = defineQueue('digests', {
      keys: keysOf(mode, { active: 'k2' }),
      jobs: {
        digest: { payload: z.string(), result: z.string() },
        other: { payload: z.string(), result: z.number() },
      },
    })
    const reports = defineQueue('reports', {
      keys: keysOf(mode),
      jobs: { report: { payload: z.string(), result: z.array(z.string()) } },
    })
    const flows = createFlowProducer({ connection: redisUrl, prefix })
    const workers = [
      createWorker(digests, {
        ...{ ...quiet, prefix },
        handlers: {
          digest: (file) => {
            if (file === 'bad') throw new RangeError(`no ${file}`)
            return file.toUpperCase()
          },
          other: () => 7,
        },
      }),
      createWorker(reports, {
        ...{ ...quiet, prefix },
        handlers: {
          report: async (_, { children }) => {
            await children.step('more', () => [node(digests, 'digest', 'added')])
            const results = await children.results(digests, 'digest')
            const failures = await children.failures(digests)
            return [...results.map(({ result }) => result), ...failures.map(({ error }) => String(error))].sort()
          },
        },
      }),
    ]
    onTestFinished(async () => {
      await Promise.all([flows.close(), ...workers.map((worker) => worker.close())])
    })
    const { job } = await flows.add(
      node(reports, 'report', 'all', {
        children: [
          node(digests, 'digest', 'a', { options: { removeOnComplete: true } }),
          node(digests, 'other', 'b', { options: { removeOnComplete: true } }),
          node(digests, 'digest', 'bad', { options: { ignoreDependencyOnFailure: true } }),
        ],
      }),
    )
    expect(await job.result()).toEqual(['A', 'ADDED', 'RangeError: no bad'])
  })

  test('runs in memory as in Redis', async () => {
    const inline = createInline(accounts(keysOf(mode)), {
      handlers: { pay: (payment) => payment, refund: () => Promise.reject(new RangeError('no')) },
    })
    expect(await (await inline.enqueue('pay', { to: 'a', cents })).result()).toEqual({ to: 'a', cents })
    const refused = await inline.enqueue('refund', { to: 'a', cents })
    expect(await rejection(refused.result())).toBeInstanceOf(RangeError)
    await inline.close()
  })
})

test.each(['thread', 'process'] as const)('an isolated handler opens and seals in its %s', async (where) => {
  const prefix = freshPrefix()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const handler = isolated(new URL('./open-vault.ts', import.meta.url), { in: where })
  const worker = createWorker(vault, { ...quiet, prefix, handlers: { open: handler } })
  onTestFinished(async () => {
    await Promise.all([producer.close(), worker.close()])
  })
  expect(await (await producer.enqueue('open', { what: 'gold' })).result()).toEqual({ found: 'gold' })
  const empty = await producer.enqueue('open', { what: 'nothing' })
  expect(await rejection(empty.result())).toMatchObject({ name: 'RangeError', message: 'there is no nothing' })
  expect(await empty.progress()).toEqual({ what: 'nothing' })
  expect(await everythingUnder(prefix)).not.toMatch(/gold|nothing/)
})

test('no middleware runs for a forged job of an isolated handler', async () => {
  const prefix = freshPrefix()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const seen: string[] = []
  const { id } = await producer.enqueue('open', { what: 'gold' }, { jobId: 'forged' })
  await openClient().hset(`${prefix}:vault:${id}`, 'data', '{"what":"lead"}')
  const handler = isolated(new URL('./open-vault.ts', import.meta.url), { in: 'thread' })
  const worker = createWorker(vault, {
    ...{ ...quiet, prefix, handlers: { open: handler } },
    use: [
      (job, next) => {
        seen.push(job.id)
        return next()
      },
    ],
  })
  onTestFinished(async () => {
    await Promise.all([producer.close(), worker.close()])
  })
  expect(`${await rejection(producer.job('open', id).result())}`).toContain('SEAL_MISSING')
  expect(seen).toEqual([])
})

describe('rolling seals out', () => {
  test('a worker takes unsealed jobs where it says so, and seals what comes of them', async () => {
    const contract = accounts(keysOf('sign', { accept: 'unsealed', acceptUntil: new Date(Date.now() + 60_000) }))
    const plain = createProducer(unsealedAccounts(contract), { connection: redisUrl })
    onTestFinished(() => plain.close())
    const { id } = await plain.enqueue('pay', { to: 'early', cents })
    const { handled } = work(contract)
    const job = produce(contract).job('pay', id)
    expect(await job.result()).toEqual({ to: 'early', cents })
    expect(handled).toEqual(['pay early'])
    expect(await openClient().hget(`${contract.prefix}:accounts:${id}`, 'returnvalue')).toContain('"seal":["sign"')
  })

  test('a worker without keys runs nothing that is sealed', async () => {
    const contract = accounts(keysOf('sign'))
    const { id } = await produce(contract).enqueue('pay', { to: 'early', cents })
    const worker = createWorker(unsealedAccounts(contract), {
      ...quiet,
      handlers: { pay: () => expect.unreachable(), refund: () => expect.unreachable() },
    })
    onTestFinished(() => worker.close())
    const plain = createProducer(unsealedAccounts(contract), { connection: redisUrl })
    onTestFinished(() => plain.close())
    expect(`${await rejection(plain.job('pay', id).result())}`).toContain('KEY_UNKNOWN')
  })
})

test('keys and plain JSON do not go together', () => {
  const both = () => defineQueue('x', { keys: keysOf('sign'), accept: 'json', jobs: { a: { payload: z.any() } } })
  expect(both).toThrow(expect.objectContaining({ code: 'KEYS_INVALID', path: 'accept' }))
  const unset = () => defineQueue('x', { keys: process.env['NOT_SET'], jobs: { a: { payload: z.any() } } })
  expect(unset).toThrow(expect.objectContaining({ code: 'KEYS_INVALID', path: 'keys' }))
})
