import { createFakeProducer, createInline } from 'brinemq/testing'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../../src/contract/define-queue.ts'
import { createProducer } from '../../../src/queue/producer/producer.ts'
import { createWorker } from '../../../src/queue/worker/worker.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { quiet, rejection } from '../people.ts'

let drawn = 0

/** Payloads whose defaults zod gives, though the schemas behind them would refuse them. */
function forms() {
  return defineQueue('forms', {
    prefix: freshPrefix(),
    jobs: {
      send: {
        parse: 'enqueue',
        payload: z
          .object({
            note: z.string().min(1).default(''),
            email: z.email().default('none'),
            count: z.number().max(10).default(99),
            span: z
              .object({ from: z.date(), to: z.date() })
              .refine(({ from, to }) => from < to)
              .default({ from: new Date(0), to: new Date(0) }),
          })
          .refine(({ count }) => count !== 7),
      },
      draw: {
        parse: 'enqueue',
        payload: z.object({
          n: z
            .number()
            .max(0)
            .default(() => ++drawn),
        }),
      },
    },
  })
}

const defaults = { note: '', email: 'none', count: 99, span: { from: new Date(0), to: new Date(0) } }
const handlers = { send: (payload: unknown) => payload, draw: (payload: unknown) => payload }

test('a default that its own schema refuses arrives as zod gives it, by every way', async () => {
  const contract = forms()
  const producer = createProducer(contract, { connection: redisUrl })
  const worker = createWorker(contract, { ...quiet, handlers })
  onTestFinished(() => Promise.all([producer.close(), worker.close()]).then(() => {}))
  const one = await producer.enqueue('send', {})
  const [two] = await producer.enqueueBulk([{ name: 'send', payload: { count: 1 } }])
  expect(await one.result()).toEqual(defaults)
  expect(await two?.result()).toEqual({ ...defaults, count: 1 })

  const seen: unknown[] = []
  const send = (payload: unknown) => void seen.push(payload)
  const inline = createInline(contract, { handlers: { ...handlers, send } })
  onTestFinished(() => inline.close())
  await inline.enqueue('send', {})
  await inline.drain()
  expect(seen).toEqual([defaults])
  const fake = createFakeProducer(contract)
  await fake.enqueue('send', {})
  expect(fake.jobs.map(({ payload }) => payload)).toEqual([defaults])
})

test('what neither the schema nor its default gives is refused, by the enqueue and by the worker', async () => {
  const contract = forms()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  for (const payload of [{ note: 1 }, { email: 'some' }, { count: 98 }, { count: 7 }]) {
    const refusal = await rejection(producer.enqueue('send', payload as object))
    expect(refusal).toMatchObject({ code: 'PAYLOAD_INVALID' })
  }
  const job = await producer.enqueue('send', {})
  const key = `${contract.prefix}:forms:${job.id}`
  const client = openClient()
  const text = String(await client.hget(key, 'data'))
  expect(text).toContain('99')
  await client.hset(key, 'data', text.replace('99', '98'))
  const worker = createWorker(contract, { ...quiet, handlers })
  onTestFinished(() => worker.close())
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_QUARANTINED', path: '$.count' })
})

test('a default that differs each time is refused at the enqueue where its own schema refuses it', async () => {
  const contract = forms()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const refusal = await rejection(producer.enqueue('draw', {}))
  expect(refusal).toMatchObject({ code: 'PAYLOAD_INVALID', job: 'draw', path: '$.n' })
  expect(String(refusal)).toContain('a default gives what its own schema refuses')
  expect(await rejection(createFakeProducer(contract).enqueue('draw', {}))).toMatchObject({ code: 'PAYLOAD_INVALID' })
})
