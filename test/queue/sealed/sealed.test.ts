import { createProducer, createWorker, defineQueue } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { gate, Person, quiet, rejection, TooYoung } from '../people.ts'
import { accounts, everythingUnder, keysOf, produce, unsealedAccounts, work } from './sealed-queue.ts'

const cents = 5n

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
    // It is none before the first has ended.
    await expect.poll(() => producer.job('pay', 'the-third').state()).toBe('completed')
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
