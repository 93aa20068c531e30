import { createProducer, createWorker, defineQueue } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { openProxy } from './proxy.ts'

const counted = defineQueue('counted', { jobs: { count: { payload: z.number(), result: z.number() } } })

const takes = (request: string) =>
  request.includes(':marker') && request.includes(':stalled\r\n') && !request.includes(':completed')
const endsAndTakes = (request: string) => request.includes(':completed') && request.includes('returnvalue')

test.each([
  ['takes a job', takes],
  ['ends a job and takes the next', endsAndTakes],
])('no job waits for a lock to run out since the answer to what %s was lost', async (_, isLost) => {
  const prefix = freshPrefix()
  const producer = createProducer(counted, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  const proxy = await openProxy(Number(new URL(redisUrl).port))
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 20 }, (_, payload) => ({ name: 'count' as const, payload })),
  )
  let runs = 0
  let losses = 0
  proxy.loseAnswer((request) => {
    const isIt = isLost(request)
    if (isIt) losses += 1
    return isIt
  })
  const told: Error[] = []
  const worker = createWorker(counted, {
    ...{ connection: proxy.url, prefix, shutdownOnSignals: false, graceMs: 0, onError: (error) => told.push(error) },
    handlers: {
      count: (payload, { attempt }) => {
        runs += 1
        return payload * attempt
      },
    },
  })
  onTestFinished(() => worker.close())
  const results = await Promise.all(jobs.map((job) => job.result({ timeoutMs: 20_000 })))
  expect(results).toEqual(jobs.map((_, at) => at))
  expect([runs, losses]).toEqual([20, 1])
  expect(await producer.control.counts()).toMatchObject({ completed: 20, active: 0, waiting: 0 })
  expect(told.filter((error) => Reflect.get(error, 'code') !== 'REDIS_UNREACHABLE')).toEqual([])
})
