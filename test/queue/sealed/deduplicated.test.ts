import { createProducer } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../../connection.ts'
import { gate, rejection } from '../people.ts'
import { accounts, keysOf, produce, unsealedAccounts, work } from './sealed-queue.ts'

const cents = 5n
const refusal = { code: 'SEAL_INVALID', job: 'pay', path: '$' }

describe.each(['sign', 'encrypt'] as const)('with keys, in mode %s, an enqueue', (mode) => {
  function open() {
    const contract = accounts(keysOf(mode))
    return { contract, producer: produce(contract), redis: openClient(), base: `${contract.prefix}:${contract.name}` }
  }

  test('takes no result of a job that somebody put behind its deduplication id', async () => {
    const { contract, producer, redis, base } = open()
    work(contract)
    const alice = await producer.enqueue('pay', { to: 'alice', cents }, { deduplication: { id: 'stmt-alice' } })
    const plain = await producer.enqueue('pay', { to: 'carol', cents })
    await Promise.all([alice.result(), plain.result()])
    for (const [index, { id }] of [alice, plain].entries()) {
      await redis.set(`${base}:de:stmt-${index}`, id)
      const bob = await producer.enqueue('pay', { to: 'bob', cents }, { deduplication: { id: `stmt-${index}` } })
      expect(bob).toMatchObject({ id, deduplicated: true })
      expect(await rejection(bob.result())).toMatchObject(refusal)
      expect(await rejection(bob.progress())).toMatchObject(refusal)
    }
  })

  test('takes no result that stands beside a payload of its deduplication id', async () => {
    const { contract, producer, redis, base } = open()
    const { worker } = work(contract)
    const deduplication = { id: 'stmt', ttl: 60_000 }
    const first = await producer.enqueue('pay', { to: 'first', cents }, { deduplication, jobId: 'one' })
    await first.result()
    const stolen = String(await redis.hget(`${base}:one`, 'returnvalue'))
    await worker.close()
    await first.remove()
    await producer.control.releaseDeduplication('stmt')
    await producer.enqueue('pay', { to: 'second', cents }, { deduplication, jobId: 'one' })
    const third = await producer.enqueue('pay', { to: 'third', cents }, { deduplication })
    await redis.hset(`${base}:one`, 'returnvalue', stolen)
    await redis.zadd(`${base}:completed`, Date.now(), 'one')
    expect(await rejection(third.result())).toMatchObject(refusal)
  })

  test('follows the job that its deduplication id found, whatever the mode of that', async () => {
    const { contract, producer } = open()
    const running = gate()
    const begun = gate()
    const pay = (to: string, more: object) => producer.enqueue('pay', { to, cents }, more)
    const simple = { deduplication: { id: 'simple' }, delay: 200 }
    const reschedule = { deduplication: { id: 'reschedule', reschedule: true }, delay: 200 }
    const throttle = { deduplication: { id: 'throttle', ttl: 60_000 } }
    const latest = { deduplication: { id: 'latest', keepLastIfActive: true } }
    const { handled } = work(contract, async ({ to }) => {
      if (to !== 'active') return
      begun.open()
      await running.opened
    })
    const pairs = []
    for (const options of [simple, reschedule]) pairs.push([await pay('a', options), await pay('b', options)] as const)
    const ended = await pay('a', throttle)
    await ended.result()
    pairs.push([ended, await pay('b', throttle)])
    const active = await pay('active', latest)
    await begun.opened
    const last = await pay('last', latest)
    pairs.push([active, last])
    running.open()
    for (const [one, other] of pairs) {
      expect(one.deduplicated).toBe(false)
      expect(other).toMatchObject({ id: one.id, deduplicated: true })
      expect(await other.result()).toEqual(await one.result())
    }
    // The one that was kept for later ran too.
    await expect.poll(() => handled).toContain('pay last')
  })

  test('that replaces a delayed job gets its own result', async () => {
    const { contract, producer } = open()
    const options = { deduplication: { id: 'a', ttl: 60_000, extend: true, replace: true }, delay: 50 }
    const replaced = await producer.enqueue('pay', { to: 'one', cents }, options)
    const last = await producer.enqueue('pay', { to: 'two', cents }, options)
    work(contract)
    expect(last.deduplicated).toBe(false)
    expect(await last.result()).toEqual({ to: 'two', cents })
    expect(await rejection(replaced.result())).toMatchObject({ code: 'JOB_REMOVED' })
  })

  test('rejects for a job that is found and gone, since nothing tells what that was', async () => {
    const { contract, producer } = open()
    work(contract)
    const options = { deduplication: { id: 'a', ttl: 60_000 }, removeOnComplete: true }
    const first = await producer.enqueue('pay', { to: 'one', cents }, options)
    await first.result()
    const second = await producer.enqueue('pay', { to: 'two', cents }, options)
    expect(second.deduplicated).toBe(true)
    expect(await rejection(second.result())).toMatchObject({ code: 'JOB_REMOVED' })
    expect(await producer.job('pay', second.id).result()).toEqual({ to: 'one', cents })
  })

  test('repeated with the same jobId and payload follows the job that there is', async () => {
    const { contract, producer } = open()
    const again = () => producer.enqueue('pay', { to: 'a', cents }, { jobId: 'a' })
    const [first, second] = await Promise.all([again(), again()])
    const elsewhere = await produce(contract).enqueue('pay', { to: 'a', cents }, { jobId: 'a' })
    work(contract, async (payment, { progress }) => progress(payment))
    const handles = [first, second, elsewhere]
    expect(handles.map(({ deduplicated }) => deduplicated)).toEqual([false, true, true])
    for (const handle of handles) expect(await handle.result()).toEqual({ to: 'a', cents })
    const late = await again()
    expect(late.deduplicated).toBe(true)
    expect([await late.result(), await late.progress()]).toEqual([
      { to: 'a', cents },
      { to: 'a', cents },
    ])
  })

  test('takes no result of a job of its jobId with another payload, which a handle of that job gives', async () => {
    const { contract, producer } = open()
    work(contract)
    await (await producer.enqueue('pay', { to: 'alice', cents }, { jobId: 'stmt' })).result()
    const bob = await producer.enqueue('pay', { to: 'bob', cents }, { jobId: 'stmt' })
    expect(bob).toMatchObject({ id: 'stmt', deduplicated: true })
    expect(await rejection(bob.result())).toMatchObject(refusal)
    expect(bob.deduplicated && (await producer.job('pay', bob.id).result())).toEqual({ to: 'alice', cents })
    const refund = await producer.enqueue('refund', { to: 'alice', cents }, { jobId: 'stmt' })
    expect(await rejection(refund.result())).toMatchObject({ ...refusal, job: 'refund' })
  })

  test('is refused a found job whose payload was changed', async () => {
    const { producer, redis, base } = open()
    const options = { deduplication: { id: 'a' } }
    const first = await producer.enqueue('pay', { to: 'one', cents }, options)
    const second = await producer.enqueue('pay', { to: 'two', cents }, options)
    await redis.hset(`${base}:${first.id}`, 'data', '{}')
    expect(await rejection(second.result())).toMatchObject({ code: 'SEAL_MISSING' })
    await redis.hset(`${base}:${first.id}`, 'data', 'x'.repeat(2_000_000))
    expect(await rejection(second.result())).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('is bound to a deduplication id that a middleware adds', async () => {
    const { contract } = open()
    const producer = createProducer(contract, {
      connection: redisUrl,
      use: [(_job, next) => next({ deduplication: { id: 'of-middleware' } })],
    })
    onTestFinished(() => producer.close())
    const [one, two] = [
      await producer.enqueue('pay', { to: 'one', cents }),
      await producer.enqueue('pay', { to: 'two', cents }, { deduplication: { id: 'of-caller' } }),
    ]
    work(contract)
    expect(two).toMatchObject({ id: one.id, deduplicated: true })
    expect([await one.result(), await two.result()]).toEqual([
      { to: 'one', cents },
      { to: 'one', cents },
    ])
  })

  test('is told apart in memory as in Redis', async () => {
    const { contract } = open()
    const inline = createInline(contract, { handlers: { pay: (payment) => payment, refund: (payment) => payment } })
    onTestFinished(() => inline.close())
    const pay = (to: string, options: object) => inline.enqueue('pay', { to, cents }, options)
    const byId = [await pay('a', { jobId: 'x' }), await pay('a', { jobId: 'x' }), await pay('b', { jobId: 'x' })]
    expect(byId.map(({ deduplicated }) => deduplicated)).toEqual([false, true, true])
    expect(await byId[1]?.result()).toEqual({ to: 'a', cents })
    expect(await rejection(byId[2]?.result() ?? Promise.resolve())).toMatchObject(refusal)
    const deduplication = { id: 'd', ttl: 1_000 }
    const byDeduplication = [await pay('c', { deduplication }), await pay('d', { deduplication })]
    expect(byDeduplication.map(({ deduplicated }) => deduplicated)).toEqual([false, true])
    expect(await byDeduplication[1]?.result()).toEqual({ to: 'c', cents })
  })

  test('elsewhere is followed by its payload, as long as that is kept', async () => {
    const { contract, producer, redis, base } = open()
    const { worker } = work(contract)
    const old = await producer.enqueue('pay', { to: 'old', cents }, { jobId: 'a' })
    await old.result()
    const stolen = String(await redis.hget(`${base}:a`, 'returnvalue'))
    await worker.close()
    await old.remove()
    await producer.enqueue('pay', { to: 'new', cents }, { jobId: 'a' })
    await redis.hset(`${base}:a`, { returnvalue: stolen, progress: stolen })
    await redis.zadd(`${base}:completed`, Date.now(), 'a')
    expect(await rejection(producer.job('pay', 'a').result())).toMatchObject({ code: 'SEAL_INVALID' })
  })
})

test('without keys a handle knows too that it is another’s, singly, in a bulk and by map', async () => {
  const contract = unsealedAccounts(accounts(keysOf('sign')))
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const pay = { name: 'pay', payload: { to: 'a', cents }, options: { jobId: 'a' } } as const
  const first = await producer.enqueue(pay.name, pay.payload, pay.options)
  const bulk = await producer.enqueueBulk([pay, { ...pay, options: { jobId: 'b' } }, { ...pay, options: {} }])
  expect([first, ...bulk, producer.job('pay', 'a')].map(({ deduplicated }) => deduplicated)).toEqual([
    ...[false, true, false, false, false],
  ])
})
