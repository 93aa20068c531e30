import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { EncodedText } from '../../src/bullmq/encoded-text.ts'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { openJob } from '../../src/interop/open-job.ts'
import { createMonitor } from '../../src/monitor/create-monitor.ts'
import { quiet } from '../../src/notation/redact-inspect.ts'
import { summaryOf } from '../../src/notation/summary.ts'
import { createProducer } from '../../src/producer/producer.ts'
import { createWorker } from '../../src/worker/worker.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import { secret, User, user } from './values.ts'

function usersQueue() {
  return defineQueue('users', {
    prefix: freshPrefix(),
    models: [user],
    jobs: { greet: { payload: z.object({ user: user.schema }), result: user.schema, progress: z.array(z.string()) } },
  })
}

const everything = { depth: 20, showHidden: true, getters: false } as const

function tellsNothing(value: unknown): string {
  for (const options of [{}, everything, { depth: null }]) expect(inspect(value, options)).not.toContain(secret)
  return inspect(value)
}

test.each([
  ['hello', 'text of 5 characters'],
  [7, 'number'],
  [7n, 'bigint'],
  [null, 'null'],
  [{}, 'Object of 0 properties'],
  [{ a: 1 }, 'Object of 1 property'],
  [[1, 2], 'Array of 2 elements'],
  [new Map([[1, 2]]), 'Map of 1 entry'],
  [new Set([1, 2]), 'Set of 2 members'],
  [new User('John', secret), 'User'],
  [new TypeError(secret), 'TypeError'],
  [Buffer.from('abc'), 'Buffer(3 bytes)'],
  [new Date(0), 'Date'],
])('a summary of a value is its type and size: %#', (value, summary) => {
  expect(summaryOf(value)).toBe(summary)
})

test('printing alone changes', () => {
  const event = { type: 'completed', result: new User('John', secret) }
  const told = quiet({ ...event }, ['result'])
  expect(tellsNothing(told)).toBe("{ type: 'completed', result: <User> }")
  expect(told).toEqual(event)
  expect(Object.keys(told)).toEqual(Object.keys(event))
  expect(JSON.stringify(told)).toBe(JSON.stringify(event))
})

describe('the objects of a job print types and sizes', () => {
  test('in a producer, a handler, a monitor, and as BullMQ has them', async () => {
    const contract = usersQueue()
    const seen: unknown[] = []
    const producer = createProducer(contract, {
      connection: redisUrl,
      use: [
        (job, next) => {
          seen.push(job)
          return next()
        },
      ],
    })
    onTestFinished(() => producer.close())
    const worker = createWorker(contract, {
      connection: redisUrl,
      shutdownOnSignals: false,
      use: [
        (job, next) => {
          seen.push(job)
          return next()
        },
      ],
      handlers: {
        async greet(payload, context) {
          seen.push(context)
          await context.progress([secret])
          return payload.user
        },
      },
    })
    onTestFinished(() => worker.close())
    worker.bullmq.on('completed', (job) => seen.push(job))
    const monitor = createMonitor(contract, { connection: redisUrl })
    onTestFinished(() => monitor.close())

    const events = producer.events()
    const payload = { user: new User('John', secret) }
    const handle = await producer.enqueue('greet', payload)
    seen.push(handle)
    await handle.result()
    for await (const event of events) {
      seen.push(event)
      if (event.type === 'completed') break
    }
    for await (const outcome of producer.map('greet', [payload])) seen.push(outcome)
    const stored = await producer.bullmq.getJob(handle.id)
    seen.push(
      stored,
      await openJob(contract, stored ?? { name: '', data: {} }),
      await monitor.queue(contract).job(handle.id),
    )
    seen.push(new EncodedText(`"${secret}"`), [stored], { nested: { job: stored } })
    await producer.schedules.upsert('daily', { name: 'greet', payload, repeat: { pattern: '0 3 * * *' } })
    seen.push(await producer.schedules.list())

    expect(seen.length).toBeGreaterThan(12)
    const printed = seen.map(tellsNothing).join('\n')
    for (const words of [
      'JobHandle { id:',
      'HandlerContext {',
      'payload: <Object of 1 property>',
      'result: <User>',
      'progress: <Array of 1 element>',
      'EncodedText <14 bytes>',
    ]) {
      expect(printed).toContain(words)
    }
    expect(printed).toMatch(/data: <text of \d+ bytes>/)
  })
})
