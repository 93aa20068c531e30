import {
  createFlowProducer,
  createProducer,
  createWorker,
  defineQueue,
  type EnqueueMiddleware,
  encodeData,
  node,
  openJob,
  type ProducerOptions,
  sandboxed,
  type WorkerOptions,
} from 'brinemq'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openConnection } from '../../../src/connection/connection.ts'
import { openBoardQueue } from '../../../src/dashboard/board/board-queue.ts'
import { readPayload } from '../../../src/notation/input/read-payload.ts'
import { freshPrefix, redisUrl } from '../../connection.ts'
import { quiet, rejection } from '../people.ts'
import { given, parsed, ticketsQueue } from './tickets.ts'

type Tickets = ReturnType<typeof ticketsQueue>
type Handlers = WorkerOptions<Tickets>['handlers']

const tickets = () => ticketsQueue({ prefix: freshPrefix() })

function open(contract: Tickets, options: ProducerOptions<Tickets> = {}) {
  const producer = createProducer(contract, { connection: redisUrl, ...options })
  onTestFinished(() => producer.close())
  return producer
}

function work(contract: Tickets, handlers: Partial<Handlers> = {}) {
  const worker = createWorker(contract, {
    ...quiet,
    handlers: { book: (payload) => payload, slow: (payload) => payload, each: (payload) => payload, ...handlers },
  })
  onTestFinished(() => worker.close())
}

/** A handler that fails twice, and what it was given each time. */
function failing() {
  const seen: { id: string }[] = []
  const handle = (payload: { id: string }) => {
    if (seen.push(payload) < 3) throw new Error('again')
    return payload
  }
  return { seen, handle }
}

describe('a payload that is parsed at the enqueue', () => {
  test('is the same at each attempt, where the default parses it again each time', async () => {
    const contract = tickets()
    const producer = open(contract)
    const [once, each] = [failing(), failing()]
    work(contract, { book: once.handle, each: each.handle })
    const jobs = [await producer.enqueue('book', given), await producer.enqueue('each', given)]
    await Promise.all(jobs.map((job) => job.result()))
    expect(once.seen).toEqual(Array(3).fill({ ...parsed, id: once.seen[0]?.id }))
    expect(new Set(each.seen.map(({ id }) => id)).size).toBe(3)
  })

  test.each(['book', 'slow'] as const)('arrives as its output by every way in: %s', async (name) => {
    const contract = tickets()
    const seen: unknown[] = []
    const read: EnqueueMiddleware<Tickets> = (job, next) => {
      seen.push(job.payload)
      return next()
    }
    const producer = open(contract, { use: [read] })
    const flows = createFlowProducer({ connection: redisUrl })
    onTestFinished(() => flows.close())
    work(contract)
    const one = await producer.enqueue(name, given)
    const many = await producer.enqueueBulk([{ name, payload: given }])
    const tree = await flows.add(node(contract, name, given, { children: [node(contract, name, given)] }))
    const jobs = [one, ...many, tree.job, ...tree.children.map(({ job }) => job)]
    const results = await Promise.all(jobs.map((job) => job.result()))
    for await (const outcome of producer.map(name, [given])) {
      if (outcome.status === 'completed') results.push(outcome.result)
    }
    expect(results).toEqual(Array(5).fill({ ...parsed, id: expect.any(String) }))
    expect(new Set(results.map((result) => z.object({ id: z.string() }).parse(result).id)).size).toBe(5)
    expect(seen).toEqual(Array(3).fill({ ...parsed, id: expect.any(String) }))
    const opened = await openJob(contract, { name, data: await encodeData(contract, name, given) })
    expect(opened.payload).toEqual({ ...parsed, id: expect.any(String) })
  })

  test.each([
    ['book', { ...given, seats: '11' }],
    ['slow', { ...given, seats: '7' }],
  ] as const)('is held to all of its checks where it is enqueued: %s', async (name, payload) => {
    expect(await rejection(open(tickets()).enqueue(name, payload))).toMatchObject({
      code: 'PAYLOAD_INVALID',
      path: '$',
    })
  })

  test('is taken as it was at the call where its checks are asynchronous', async () => {
    const contract = tickets()
    const producer = open(contract)
    work(contract)
    const payload = { ...given, seats: '1' }
    const enqueuing = producer.enqueue('slow', payload)
    payload.seats = '4'
    expect(await (await enqueuing).result()).toMatchObject({ seats: 1 })
  })

  test('is taken although only its transform makes it fit to travel', async () => {
    const contract = defineQueue('made', {
      prefix: freshPrefix(),
      jobs: {
        make: { payload: z.instanceof(AbortController).transform(() => 'made'), parse: 'enqueue' },
        slow: { payload: z.instanceof(AbortController).transform(async () => 'made'), parse: 'enqueue' },
      },
    })
    const fake = createFakeProducer(contract)
    await fake.enqueue('make', new AbortController())
    await fake.enqueue('slow', new AbortController())
    expect(fake.jobs.map(({ payload }) => payload)).toEqual(['made', 'made'])
  })

  test('is worked out once for all runs of a schedule, and a declared one is found unchanged', async () => {
    const contract = defineQueue('tickets', {
      prefix: freshPrefix(),
      jobs: tickets().jobs,
      schedules: { daily: { job: 'book', payload: given, repeat: { pattern: '0 3 * * *' } } },
    })
    const producer = createProducer(contract, { connection: redisUrl })
    onTestFinished(() => producer.close())
    expect(await producer.schedules.reconcile()).toMatchObject({ added: ['daily'] })
    const first = await producer.schedules.get('daily')
    expect(first?.payload).toEqual({ ...parsed, id: expect.any(String) })
    expect(await producer.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
    expect((await producer.schedules.get('daily'))?.payload).toEqual(first?.payload)
  })

  test('arrives as its output in a thread', async () => {
    const contract = tickets()
    work(contract, { book: sandboxed(new URL('./handler.ts', import.meta.url), { in: 'thread' }) })
    const job = await open(contract).enqueue('book', given)
    expect(await job.result()).toEqual({ ...parsed, id: expect.any(String) })
  })

  test('is the same at each attempt in memory', async () => {
    const { seen, handle } = failing()
    const inline = createInline(ticketsQueue(), { handlers: { book: handle, slow: () => {}, each: () => {} } })
    onTestFinished(() => inline.close())
    await inline.enqueue('book', given)
    await inline.drain()
    expect(seen).toEqual(Array(3).fill({ ...parsed, id: seen[0]?.id }))
  })

  test('is written as its input, and enqueued once more as it was stored', async () => {
    const contract = tickets()
    const job = contract.entries.get('book')
    expect(job && (await readPayload(given, contract, job))).toEqual({ payload: given })
    const connection = openConnection(redisUrl, 'fail')
    const board = openBoardQueue(contract, { connection, prefix: undefined, timeoutMs: 5_000 })
    onTestFinished(async () => {
      await board.close()
      await connection.close()
    })
    work(contract)
    const producer = open(contract)
    const id = await board.add('book', given, {})
    const first = await producer.job('book', id).result()
    expect(first).toEqual({ ...parsed, id: expect.any(String) })
    const text = await connection.client.hget(`${contract.prefix}:tickets:${id}`, 'data')
    const again = await board.addAgain(text ?? '', 'book', id, {})
    expect(await producer.job('book', again).result()).toEqual(first)
  })

  test('is raised by upcasters from what older builds stored', async () => {
    const prefix = freshPrefix()
    const before = defineQueue('rooms', { prefix, jobs: { book: { payload: z.object({ beds: z.string() }) } } })
    const now = defineQueue('rooms', {
      prefix,
      jobs: {
        book: {
          payload: z.object({ beds: z.string().transform(Number) }),
          parse: 'enqueue',
          version: 2,
          upcast: { 1: ({ beds }: { beds: string }) => ({ beds: Number(beds) }) },
        },
      },
    })
    const producer = createProducer(before, { connection: redisUrl })
    const worker = createWorker(now, {
      ...quiet,
      handlers: { book: (payload) => payload },
    })
    onTestFinished(() => Promise.all([producer.close(), worker.close()]).then(() => {}))
    expect(await (await producer.enqueue('book', { beds: '3' })).result()).toEqual({ beds: 3 })
  })

  test('keeps shared references and cycles of its output, which no transform touches again', async () => {
    const contract = defineQueue('rings', {
      prefix: freshPrefix(),
      jobs: { ring: { payload: z.unknown().transform((one) => ({ one, again: one })), parse: 'enqueue' } },
    })
    const fake = createFakeProducer(contract)
    const ring: { self?: unknown } = {}
    ring.self = ring
    await fake.enqueue('ring', ring)
    const [job] = fake.enqueued('ring')
    const { one, again } = z.object({ one: z.unknown(), again: z.unknown() }).loose().parse(job?.payload)
    expect(one).toBe(again)
    expect(one).toHaveProperty('self', one)
  })

  test('is refused for another word than attempt or enqueue, and beside plain JSON', () => {
    const jobs = { book: { payload: z.string(), parse: JSON.parse('"once"') } }
    const refusal = expect.objectContaining({ code: 'CONTRACT_INVALID', path: 'parse' })
    expect(() => defineQueue('tickets', { jobs })).toThrow(refusal)
    expect(() => defineQueue('tickets', { accept: 'json', jobs: tickets().jobs })).toThrow(refusal)
  })
})
