import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { createProducer, createWorker, defineQueue } from 'brinemq'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
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
          always: z
            .number()
            .max(0)
            .default(() => ++drawn),
          sometimes: z
            .string()
            .regex(/[02468]$/)
            .default(() => `${++drawn}`),
          clock: z.iso.date().default(() => new Date().toISOString()),
          id: z.uuid().default(() => randomUUID()),
        }),
      },
      cut: {
        parse: 'enqueue',
        payload: z
          .object({ tags: z.array(z.string().min(2)), share: z.number().overwrite((n) => n / 0) })
          .overwrite(({ tags, share }) => ({ tags: tags.map((tag) => tag.slice(0, 1)), share })),
      },
    },
  })
}

const defaults = { note: '', email: 'none', count: 99, span: { from: new Date(0), to: new Date(0) } }
const echo = (payload: unknown) => payload
const handlers = { send: echo, draw: echo, cut: echo }

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

test('what the schema does not take is refused at the enqueue, as a default or not', async () => {
  const contract = forms()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  for (const payload of [{ note: 1 }, { email: 'some' }, { count: 98 }, { count: 7 }]) {
    const refusal = await rejection(producer.enqueue('send', payload as object))
    expect(refusal).toMatchObject({ code: 'PAYLOAD_INVALID' })
  }
})

/** Enqueues the defaults, writes `to` over a part of the stored text, and gives what became of the job. */
async function forge(name: 'send' | 'draw', from: RegExp, to: string) {
  const contract = forms()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const job = await producer.enqueue(name, {})
  const key = `${contract.prefix}:forms:${job.id}`
  const client = openClient()
  const text = String(await client.hget(key, 'data'))
  expect(text).toMatch(from)
  await client.hset(key, 'data', text.replace(from, to))
  const worker = createWorker(contract, { ...quiet, handlers })
  onTestFinished(() => worker.close())
  return rejection(job.result())
}

test('what a default that differs each time gives arrives, whenever the worker takes it', async () => {
  const contract = forms()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const jobs = await producer.enqueueBulk(Array.from({ length: 10 }, () => ({ name: 'draw' as const, payload: {} })))
  // The clock has gone on.
  await setTimeout(5)
  const worker = createWorker(contract, { ...quiet, handlers })
  onTestFinished(() => worker.close())
  const text = expect.any(String)
  const drawing = { always: expect.any(Number), sometimes: text, clock: text, id: text }
  expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(Array(10).fill(drawing))
})

test.each([
  ['of another type than such a default', 'draw', /"\d{4}-[^"]+Z"/, '7', '$.clock'],
  ['that a default which its own schema takes never gives', 'draw', /"[^"]{36}"/, '"mine"', '$.id'],
  ['beside a default that never differs', 'send', /99/, '98', '$.count'],
] as const)('a stored value is refused %s', async (_what, name, from, to, path) => {
  expect(await forge(name, from, to)).toMatchObject({ code: 'JOB_QUARANTINED', path })
})

test('what an overwrite makes arrives although the checks inside would refuse it', async () => {
  const contract = forms()
  const producer = createProducer(contract, { connection: redisUrl })
  const worker = createWorker(contract, { ...quiet, handlers })
  onTestFinished(() => Promise.all([producer.close(), worker.close()]).then(() => {}))
  const job = await producer.enqueue('cut', { tags: ['abc'], share: 1 })
  expect(await job.result()).toEqual({ tags: ['a'], share: Number.POSITIVE_INFINITY })
})

test('defining a contract calls no default', () => {
  let calls = 0
  const payload = z.object({ n: z.number().default(() => ++calls) })
  defineQueue('counted', { jobs: { count: { payload, parse: 'enqueue' } } })
  expect(calls).toBe(0)
})

test('a default whose schema holds it again is judged once', async () => {
  interface Tree {
    kids?: Tree[] | undefined
  }
  const leaf = { kids: [] }
  const tree = z.object({
    get kids(): z.ZodType<Tree[], Tree[] | undefined> {
      return z.array(tree).min(1).default([leaf])
    },
  })
  const contract = defineQueue('trees', { jobs: { grow: { payload: tree, parse: 'enqueue' } } })
  const fake = createFakeProducer(contract)
  await fake.enqueue('grow', { kids: undefined })
  expect(fake.jobs.map(({ payload }) => payload)).toEqual([{ kids: [leaf] }])
})

test('what one alternative of a union made is not read by another, which drops a part of it', async () => {
  const payload = z.union([
    z.object({ a: z.string().transform(Number).pipe(z.number()) }),
    z.object({ a: z.number(), b: z.object({ c: z.number(), d: z.string().default('d') }) }),
  ])
  const contract = defineQueue('unions', {
    prefix: freshPrefix(),
    jobs: { take: { parse: 'enqueue', payload: z.object({ list: z.array(payload) }) } },
  })
  const producer = createProducer(contract, { connection: redisUrl })
  const worker = createWorker(contract, { ...quiet, handlers: { take: (taken: unknown) => taken } })
  onTestFinished(() => Promise.all([producer.close(), worker.close()]).then(() => {}))
  const job = await producer.enqueue('take', { list: [{ a: 5, b: { c: 6 } }, { a: '7' }] })
  expect(await job.result()).toEqual({ list: [{ a: 5, b: { c: 6, d: 'd' } }, { a: 7 }] })
})
