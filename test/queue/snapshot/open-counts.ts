import { createProducer, createWorker, type ProducerOptions, type WorkerOptions } from 'brinemq'
import { onTestFinished } from 'vitest'
import { freshPrefix, redisUrl } from '../../connection.ts'
import { quiet } from '../people.ts'
import { countsQueue, most } from './counts.ts'

export type Counts = ReturnType<typeof countsQueue>
export type Handlers = WorkerOptions<Counts>['handlers']

export function open(contract: Counts, options: ProducerOptions<Counts> = {}) {
  const producer = createProducer(contract, { connection: redisUrl, ...options })
  onTestFinished(() => producer.close())
  return producer
}

export function work(contract: Counts, slow: Handlers['slow']) {
  const handlers: Handlers = { slow, plain: ({ n }) => n }
  const worker = createWorker(contract, {
    ...quiet,
    handlers,
  })
  onTestFinished(() => worker.close())
}

export const counts = () => countsQueue({ prefix: freshPrefix() })
export const returnIt: Handlers['slow'] = (payload) => payload

/** Calls with one object that is changed after each call, before anything is awaited. */
export function changing<T>(call: (given: { n: number }) => Promise<T>): Promise<T[]> {
  const given = { n: 0 }
  const calls: Promise<T>[] = []
  for (given.n = 1; given.n <= 3; given.n++) calls.push(call(given))
  given.n = most
  return Promise.all(calls)
}

export const asGiven = [{ n: 1 }, { n: 2 }, { n: 3 }]
