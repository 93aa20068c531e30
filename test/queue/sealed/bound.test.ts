import { createFlowProducer, node } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import type { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../../connection.ts'
import { rejection } from '../people.ts'
import { type Accounts, accounts, keysOf, produce, work } from './sealed-queue.ts'

const cents = 100n

/** What somebody can keep of a job, and put back later. */
function archive(redis: Redis, { prefix, name }: Accounts) {
  const at = (id: string) => `${prefix}:${name}:${id}`
  const kept = new Map<string, Record<string, string>>()
  return {
    at,
    async keep(id: string) {
      kept.set(id, await redis.hgetall(at(id)))
    },
    read: (id: string): Promise<Record<string, string>> => redis.hgetall(at(id)),
    field: (id: string, field: string) => String(kept.get(id)?.[field]),
    /** Ends a job as it ended before, in the lists of BullMQ too. */
    async replant(id: string, state: 'completed' | 'failed', fields: Record<string, string> = {}) {
      await redis.del(at(id))
      await redis.hset(at(id), { ...kept.get(id), ...fields })
      await redis.lrem(at('wait'), 0, id)
      await redis.zadd(at(state), Date.now(), id)
    },
  }
}

describe.each(['sign', 'encrypt'] as const)('an enqueue under an id that was used before, in mode %s,', (mode) => {
  async function yesterday() {
    const contract = accounts(keysOf(mode))
    const redis = openClient()
    const old = archive(redis, contract)
    const producer = produce(contract)
    const { worker } = work(contract, async (payment, { progress }) => {
      await progress(payment)
      if (payment.to === 'broken') throw new RangeError('no money')
    })
    for (const to of ['fine', 'broken']) {
      const job = await producer.enqueue('pay', { to, cents }, { jobId: to })
      await job.result().catch(() => {})
      await old.keep(to)
      await job.remove()
    }
    await worker.close()
    return { contract, redis, old, producer }
  }

  test('takes no result of the job that had it', async () => {
    const { old, producer } = await yesterday()
    const job = await producer.enqueue('pay', { to: 'new', cents: 1n }, { jobId: 'fine' })
    await old.replant('fine', 'completed')
    expect(await rejection(job.result())).toMatchObject({ code: 'SEAL_INVALID', job: 'pay' })
  })

  test('takes no progress of the job that had it', async () => {
    const { contract, redis, old, producer } = await yesterday()
    const job = await producer.enqueue('pay', { to: 'new', cents: 1n }, { jobId: 'fine' })
    await redis.hset(old.at('fine'), 'progress', old.field('fine', 'progress'))
    expect(await rejection(job.progress())).toMatchObject({ code: 'SEAL_INVALID', job: 'pay' })
    work(contract, async (payment, { progress }) => progress(payment))
    await job.result()
    expect(await job.progress()).toEqual({ to: 'new', cents: 1n })
  })

  test('takes no error of the job that had it', async () => {
    const { old, producer } = await yesterday()
    const job = await producer.enqueue('pay', { to: 'new', cents: 1n }, { jobId: 'broken' })
    await old.replant('broken', 'failed')
    expect(await rejection(job.result())).toMatchObject({ code: 'JOB_FAILED' })
  })

  test('takes no result of the flow that had it', async () => {
    const { contract, old, producer } = await yesterday()
    const flows = createFlowProducer({ connection: redisUrl })
    onTestFinished(() => flows.close())
    const pay = (to: string) => node(contract, 'pay', { to, cents: 1n }, { options: { jobId: 'fine' } })
    const { job } = await flows.add(pay('new'))
    const again = await flows.add(pay('other'))
    await old.replant('fine', 'completed')
    expect(await rejection(job.result())).toMatchObject({ code: 'SEAL_INVALID', job: 'pay' })
    expect(await rejection(again.job.result())).toMatchObject({ code: 'SEAL_INVALID', job: 'pay' })
    expect([job.deduplicated, again.job.deduplicated]).toEqual([false, true])
    expect(await producer.job('pay', 'fine').result()).toEqual({ to: 'fine', cents })
  })

  test('shows no result, progress or error of the job that had it, in the monitor', async () => {
    const { contract, old, producer } = await yesterday()
    const monitor = createMonitor(contract, { connection: redisUrl })
    onTestFinished(() => monitor.close())
    for (const [id, state] of [
      ['fine', 'completed'],
      ['broken', 'failed'],
    ] as const) {
      await producer.enqueue('pay', { to: 'new', cents: 1n }, { jobId: id })
      const { data } = await old.read(id)
      const before = await monitor.queue(contract).job(id)
      expect(before).toMatchObject({ payload: { value: { to: 'new' } }, result: undefined })
      await old.replant(id, state, { data: String(data) })
    }
    const queue = monitor.queue(contract)
    expect(await queue.job('fine')).toMatchObject({
      ...{ payload: { value: { to: 'new' } }, result: { unreadable: { code: 'SEAL_INVALID' } } },
      progress: { unreadable: { code: 'SEAL_INVALID' } },
    })
    expect(await queue.job('broken')).toMatchObject({ error: { value: { code: 'JOB_FAILED' } } })
  })

  test('takes no event of the job that had it', async () => {
    const { redis, old, producer } = await yesterday()
    const job = await producer.enqueue('pay', { to: 'new', cents: 1n }, { jobId: 'fine', removeOnComplete: true })
    const result = rejection(job.result())
    const fields = { event: 'completed', jobId: 'fine', returnvalue: old.field('fine', 'returnvalue') }
    await redis.xadd(old.at('events'), '*', ...Object.entries(fields).flat())
    // Last, so that whoever finds no job finds the event.
    await redis.del(old.at('fine'))
    expect(await result).toMatchObject({ code: 'SEAL_INVALID', job: 'pay' })
  })

  test('gets its own result, progress, error and cancellation', async () => {
    const { contract, producer } = await yesterday()
    const job = await producer.enqueue('pay', { to: 'new', cents }, { jobId: 'fine' })
    const failing = await producer.enqueue('pay', { to: 'fails', cents }, { jobId: 'broken' })
    const cancelled = await producer.enqueue('pay', { to: 'cancelled', cents }, { jobId: 'other', delay: 60_000 })
    const elsewhere = produce(contract)
    expect(await elsewhere.job('pay', 'other').cancel('no need')).toMatchObject({ state: 'removed' })
    expect(await rejection(cancelled.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    work(contract, async (payment) => {
      if (payment.to === 'fails') throw new RangeError('today')
    })
    expect(await job.result()).toEqual({ to: 'new', cents })
    expect(await rejection(failing.result())).toMatchObject({ name: 'RangeError', message: 'today' })
  })
})
