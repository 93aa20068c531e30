import type { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { openClient } from '../../connection.ts'
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
