import { encodeData, openJob, openReturnValue } from 'brinemq'
import { UnrecoverableError } from 'bullmq'
import { describe, expect, test } from 'vitest'
import { Person, rejection } from './people.ts'

import { ours, ourWorker, plain, plainWorker, sharedQueue } from './shared-queue.ts'

const ada = new Person('Ada', 36)
const at = new Date('2026-01-01T00:00:00Z')

describe('jobs of a plain producer in our worker', () => {
  test('are validated by the schema, and their results are JSON for a plain reader', async () => {
    const contract = sharedQueue()
    const { queue, events } = plain(contract)
    ourWorker(contract)
    const job = await queue.add('greet', { person: { name: 'Ada', age: 36 }, at })
    const returned: unknown = await job.waitUntilFinished(events)
    expect(returned).toMatchObject({ brine: 1, kind: 'result', job: 'greet' })
    const result = await openReturnValue(contract, 'greet', returned)
    expect(result).toEqual({ text: 'Hi Ada 36', greeted: ada, at })
    expect(result.greeted).toBeInstanceOf(Person)
    expect(await ours(contract).job('greet', String(job.id)).result()).toEqual(result)
  })

  test.each([[undefined], [null], [5], ['text'], [[1, { a: [] }]], [{}]])('may be %j', async (data) => {
    const contract = sharedQueue()
    const { queue } = plain(contract)
    ourWorker(contract)
    const job = await queue.add('anything', data)
    expect(await ours(contract).job('anything', String(job.id)).result()).toEqual(data === undefined ? {} : data)
  })

  test.each([
    ['that the schema refuses', 'greet', { person: { name: 'Ada' }, at }, 'PAYLOAD_INVALID'],
    ['of a name that the contract does not have', 'grete', {}, 'JOB_UNKNOWN'],
    ['that look like an envelope and are none', 'anything', { brine: 1, name: 'Ada' }, 'TEXT_INVALID'],
    ['that are too deep', 'anything', JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`), 'LIMIT_EXCEEDED'],
    ['that are too long', 'anything', Array(1_001).fill(0), 'LIMIT_EXCEEDED'],
    ['that are too many', 'anything', Array(10).fill(Array(600).fill(0)), 'LIMIT_EXCEEDED'],
    ['that would reach for a prototype', 'anything', JSON.parse('{"__proto__":{"admin":true}}'), 'TEXT_INVALID'],
  ])('%s fail at once', async (_title, name, data, code) => {
    const contract = sharedQueue()
    const { queue, events } = plain(contract)
    const job = await queue.add(name, data, { attempts: 3 })
    await events.waitUntilReady()
    const failed = rejection(job.waitUntilFinished(events))
    ourWorker(contract)
    expect(await failed).toMatchObject({ message: expect.stringMatching(`^${code} `) })
  })

  test('are refused unless the contract accepts them', async () => {
    const contract = sharedQueue({})
    const { queue, events } = plain(contract)
    const job = await queue.add('anything', { person: 1 })
    await events.waitUntilReady()
    const failed = rejection(job.waitUntilFinished(events))
    ourWorker(contract)
    expect(await failed).toMatchObject({ message: expect.stringMatching('^TEXT_INVALID') })
  })

  test('come from plain schedulers too', async () => {
    const contract = sharedQueue()
    const { queue } = plain(contract)
    const job = await queue.upsertJobScheduler(
      'often',
      { every: 60_000 },
      { name: 'greet', data: { person: { name: 'Ada', age: 36 }, at } },
    )
    ourWorker(contract)
    expect(await ours(contract).job('greet', String(job?.id)).result()).toMatchObject({ text: 'Hi Ada 36' })
  })

  test('may be encoded by the plain producer, with classes and all', async () => {
    const contract = sharedQueue({})
    const { queue } = plain(contract)
    ourWorker(contract)
    const job = await queue.add('anything', await encodeData(contract, 'anything', new Map([['who', ada]])))
    expect(await ours(contract).job('anything', String(job.id)).result()).toEqual(new Map([['who', ada]]))
    expect(await rejection(Reflect.apply(encodeData, null, [contract, 'greet', 5]))).toMatchObject({
      code: 'PAYLOAD_INVALID',
    })
  })
})

describe('our jobs in a plain worker', () => {
  test('are JSON that it can open, and answer with classes', async () => {
    const contract = sharedQueue({})
    const seen: unknown[] = []
    plainWorker(contract, async (job) => {
      seen.push(job.data)
      const opened = await openJob(contract, job)
      if (opened.name !== 'greet') throw new UnrecoverableError('not mine')
      const { payload } = opened
      return opened.encodeResult({ text: payload.person.name, greeted: payload.person, at: payload.at })
    })
    const result = await (await ours(contract).enqueue('greet', { person: ada, at })).result()
    expect(result).toEqual({ text: 'Ada', greeted: ada, at })
    expect(seen).toMatchObject([{ brine: 1, kind: 'payload', job: 'greet', version: 1 }])
  })

  test('may be answered, and their progress told, in plain JSON, which the schema validates', async () => {
    const contract = sharedQueue()
    plainWorker(contract, async (job) => {
      await job.updateProgress({ percent: 50 })
      return { text: 'Hi', greeted: { name: 'Ada', age: 36 }, at: at.toISOString() }
    })
    const job = await ours(contract).enqueue('greet', { person: ada, at })
    expect(await job.result()).toEqual({ text: 'Hi', greeted: ada, at })
    expect(await job.progress()).toEqual({ percent: 50 })
  })

  test.each([
    ['that the schema refuses', { accept: 'json' } as const, 'RESULT_INVALID'],
    ['that the contract does not accept', {}, 'TEXT_INVALID'],
  ])('end with an error when their answer is plain JSON %s', async (_title, definition, code) => {
    const contract = sharedQueue(definition)
    plainWorker(contract, async () => ({ text: 5 }))
    const job = await ours(contract).enqueue('greet', { person: ada, at })
    expect(await rejection(job.result())).toMatchObject({ code, job: 'greet' })
  })

  test('reject with JOB_FAILED and the message of what a plain worker throws', async () => {
    const contract = sharedQueue()
    plainWorker(contract, async () => {
      throw new RangeError('too late')
    })
    const job = await ours(contract).enqueue('greet', { person: ada, at })
    expect(await rejection(job.result())).toMatchObject({
      code: 'JOB_FAILED',
      message: expect.stringContaining('too late'),
    })
  })

  test('are refused by it when they are not for it', async () => {
    const contract = sharedQueue({})
    const data = await encodeData(contract, 'greet', { person: ada, at })
    expect(await rejection(openJob(contract, { name: 'anything', data }))).toMatchObject({ code: 'TEXT_INVALID' })
    expect(await rejection(openJob(contract, { name: 'grete', data }))).toMatchObject({ code: 'JOB_UNKNOWN' })
    expect(await rejection(openJob(contract, { name: 'greet', data: undefined }))).toMatchObject({
      code: 'TEXT_INVALID',
    })
    const opened = await openJob(contract, { name: 'greet', data })
    const refused = Reflect.apply(opened.encodeResult, undefined, [{ text: 5 }])
    expect(await rejection(refused)).toMatchObject({ code: 'RESULT_INVALID' })
  })
})

test('a queue that both work on loses nothing, whoever takes a job', async () => {
  const contract = sharedQueue()
  const { queue, events } = plain(contract)
  const takers = new Set<string>()
  ourWorker(contract, async (payload) => {
    takers.add('ours')
    await gateOf(takers)
    return payload
  })
  plainWorker(contract, async (job) => {
    takers.add('plain')
    await gateOf(takers)
    const { payload } = await openJob(contract, job)
    return payload
  })
  const producer = ours(contract)
  const given = Array.from({ length: 40 }, (_, n) => n)
  const results = await Promise.all(
    given.map(async (n) => {
      if (n % 2 === 0) return (await producer.enqueue('anything', n)).result()
      const returned: unknown = await (await queue.add('anything', n)).waitUntilFinished(events)
      return openReturnValue(contract, 'anything', returned)
    }),
  )
  expect(results).toEqual(given)
  expect([...takers].sort()).toEqual(['ours', 'plain'])
})

// Nobody goes on until both have taken a job.
async function gateOf(takers: ReadonlySet<string>): Promise<void> {
  await expect.poll(() => takers.size, { timeout: 10_000 }).toBe(2)
}

test('refuses another word for accept', () => {
  expect(() => Reflect.apply(sharedQueue, undefined, [{ accept: 'yaml' }])).toThrow(
    expect.objectContaining({ code: 'CONTRACT_INVALID' }),
  )
})
