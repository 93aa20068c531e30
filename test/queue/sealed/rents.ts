// A queue with schedules under keys, and what somebody without the keys can do to them.
import { createProducer, createWorker, defineQueue, type Repeat } from 'brinemq'
import type { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { redisUrl } from '../../connection.ts'
import { quiet } from '../people.ts'
import { keysOf } from './sealed-queue.ts'

export type Mode = 'sign' | 'encrypt'
export type Declared = Record<string, { to: string; repeat: Repeat }>

export const hourMs = 3_600_000
export const hourly: Repeat = { every: hourMs }
export const yearly: Repeat = { pattern: '0 0 1 1 *' }

/** A release of an app: its contract, and a producer of it. */
export function release(mode: Mode, prefix: string, declared: Declared = {}) {
  const schedules = Object.fromEntries(
    Object.entries(declared).map(([id, { to, repeat }]) => [id, { job: 'pay' as const, payload: { to }, repeat }]),
  )
  const payload = z.object({ to: z.string() })
  const contract = defineQueue('rents', {
    ...{ prefix, schedules, keys: keysOf(mode) },
    jobs: { pay: { payload, result: z.string() } },
  })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const work = (options: { skewTimeoutMs?: number; reconcileSchedules?: boolean } = {}) => {
    const paid: string[] = []
    const worker = createWorker(contract, {
      ...{ ...quiet, ...options },
      handlers: { pay: ({ to }) => String(paid.push(to)) },
    })
    onTestFinished(() => worker.close())
    return { worker, paid }
  }
  return { contract, producer, schedules: producer.schedules, work }
}

/** What somebody can do who has the rights of redis-cli, and no key. */
export function attack(redis: Redis, prefix: string) {
  const at = (id: string) => `${prefix}:rents:${id}`
  const template = async (id: string) => redis.hgetall(at(`repeat:${id}`))
  return {
    at,
    template,
    /** Adds a run as BullMQ's scripts do, at any slot. */
    async run(id: string, slot: number, { data = '', ...repeat }: Record<string, string>) {
      const times = Object.fromEntries(
        Object.entries(repeat).filter(([name]) => ['pattern', 'every', 'startDate', 'endDate'].includes(name)),
      )
      const numbers = Object.entries(times).map(([name, text]) => [name, name === 'pattern' ? text : Number(text)])
      const opts = JSON.stringify({ repeat: Object.fromEntries(numbers) })
      const run = `repeat:${id}:${slot}`
      await redis.hset(at(run), { name: 'pay', data, opts, timestamp: '1', delay: '0', priority: '0', rjk: id })
      await redis.lpush(at('wait'), run)
      return run
    },
  }
}
