import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createFiles,
  createFlowProducer,
  createProducer,
  createStore,
  createWorker,
  defineQueue,
  node,
  sandboxed,
} from 'brinemq'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { difference } from '../codec/difference.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import { inAnotherRealm } from '../realm/another-realm.ts'
import { meetings as meetingsOf } from '../sandbox/handlers/meetings.ts'
import { quiet, rejection } from './people.ts'

const source = '{ at: new Date(5), tags: new Map([["a", new Set([1n])]]), list: [{ deep: /x/g }] }'
const foreign = () => inAnotherRealm(source) as z.infer<typeof meeting>
const here = { at: new Date(5), tags: new Map([['a', new Set([1n])]]), list: [{ deep: /x/g }] }
const failure = () =>
  inAnotherRealm('Object.assign(new RangeError("late", { cause: new Error("so") }), { at: new Date(1) })')
const meeting = z.object({
  at: z.date(),
  tags: z.map(z.string(), z.set(z.bigint())),
  list: z.array(z.record(z.string(), z.instanceof(RegExp))),
})

function meetings() {
  return defineQueue('meetings', {
    prefix: freshPrefix(),
    jobs: { hold: { payload: meeting, result: meeting, progress: meeting }, fail: { payload: z.date() } },
  })
}

const same = (value: unknown) => expect(difference(here, value)).toBeUndefined()

function isFailure(error: unknown): void {
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'late', at: new Date(1), cause: expect.any(Error) })
}

describe('values of another realm arrive as those of this one', () => {
  test('as payload, progress, result, error, schedule and flow', async () => {
    const contract = meetings()
    const seen: unknown[] = []
    const worker = createWorker(contract, {
      ...quiet,
      handlers: {
        hold: async (given, { progress }) => {
          seen.push(given)
          await progress(foreign())
          return foreign()
        },
        fail: () => {
          throw failure()
        },
      },
    })
    const producer = createProducer(contract, { connection: redisUrl })
    const flows = createFlowProducer({ connection: redisUrl, prefix: contract.prefix })
    onTestFinished(async () => {
      await Promise.all([worker.close(), producer.close(), flows.close()])
    })
    const job = await producer.enqueue('hold', foreign())
    same(await job.result())
    same(await job.progress())
    const failed = await producer.enqueue('fail', inAnotherRealm('new Date(0)') as Date)
    isFailure(await rejection(failed.result()))
    const tree = await flows.add(node(contract, 'hold', foreign(), { children: [node(contract, 'hold', foreign())] }))
    same(await tree.job.result())
    const startDate = inAnotherRealm('new Date(Date.now() - 1000)') as Date
    await producer.schedules.upsert('once', {
      name: 'hold',
      payload: foreign(),
      repeat: { every: 1_000_000, limit: 1, startDate },
    })
    await expect.poll(() => seen.length).toBe(4)
    for (const one of seen) same(one)
  })

  test('from a handler in a thread', async () => {
    const contract = meetingsOf(freshPrefix())
    const producer = createProducer(contract, { connection: redisUrl })
    const module = new URL('../sandbox/handlers/hold-meeting.ts', import.meta.url)
    const worker = createWorker(contract, { ...quiet, handlers: { hold: sandboxed(module, { in: 'thread' }) } })
    onTestFinished(async () => {
      await Promise.all([worker.close(), producer.close()])
    })
    const job = await producer.enqueue('hold', { at: inAnotherRealm('new Date(5)') as Date })
    expect(difference({ at: new Date(6) }, await job.result())).toBeUndefined()
    const failing = await producer.enqueue('hold', { at: new Date(0) })
    isFailure(await rejection(failing.result()))
  })

  test('in a store and in files', async () => {
    const store = createStore({ connection: redisUrl, prefix: freshPrefix() })
    const folder = await mkdtemp(join(tmpdir(), 'brine-realms-'))
    onTestFinished(async () => {
      await Promise.all([store.close(), rm(folder, { recursive: true })])
    })
    await store.set('a', foreign())
    same(await store.get('a', meeting))
    const files = createFiles()
    await files.write(join(folder, 'a.json'), foreign())
    same(await files.read(join(folder, 'a.json'), meeting))
  })

  test('in the testing kit, where expectations may be of another realm too', async () => {
    const fake = createFakeProducer(meetings())
    await fake.enqueue('hold', foreign())
    same(fake.expectEnqueued('hold', foreign()).payload)
    expect(() => fake.expectNotEnqueued('hold', inAnotherRealm('{ at: new Date(5) }') as never)).toThrow(/expected/)
    const inline = createInline(meetings(), {
      handlers: {
        hold: () => foreign(),
        fail: () => {
          throw failure()
        },
      },
    })
    same(await (await inline.enqueue('hold', foreign())).result())
    isFailure(await rejection((await inline.enqueue('fail', new Date(0))).result()))
  })
})

test('a payload of another realm that the schema refuses is refused at its path', async () => {
  const payload = inAnotherRealm('{ at: new Date(5), tags: new Map([["a", new Set(["b"])]]), list: [] }')
  const refused = createFakeProducer(meetings()).enqueue('hold', payload as never)
  expect(await rejection(refused)).toMatchObject({ code: 'PAYLOAD_INVALID', path: '$.tags.value(0).member(0)' })
})
