import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { gate, openProducer, openWorker, Person, peopleQueue } from './people.ts'
import { enqueueAll, openRecorder } from './recorder.ts'

const ada = new Person('Ada', 7)

describe('the order of jobs', () => {
  test('is first in, first out; priorities come after those without, lower numbers first; lifo goes to the front', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const jobs = await enqueueAll(producer, [
      ['low', { priority: 10 }],
      ['first'],
      ['high', { priority: 1 }],
      ['second'],
      ['last in', { lifo: true }],
    ])
    const { seen } = openRecorder(contract)
    await Promise.all(jobs.map((job) => job.result()))
    expect(seen).toEqual(['last in', 'first', 'second', 'high', 'low'])
  })
})

describe('deduplication', () => {
  test('simple: one job of an id until it ends', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { deduplication: { id: 'one' } }
    const [first, second] = await enqueueAll(producer, [
      ['a', options],
      ['b', options],
    ])
    expect(second?.id).toBe(first?.id)
    const { seen } = openRecorder(contract)
    await first?.result()
    expect((await producer.enqueue('anything', 'c', options)).id).not.toBe(first?.id)
    expect(seen[0]).toBe('a')
  })

  test('throttle: one job of an id within its ttl, even when that has ended', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { deduplication: { id: 'one', ttl: 60_000 } }
    openRecorder(contract)
    const first = await producer.enqueue('anything', 'a', options)
    await first.result()
    expect((await producer.enqueue('anything', 'b', options)).id).toBe(first.id)
    expect(await producer.control.releaseDeduplication('one')).toBe(true)
    expect(await producer.control.releaseDeduplication('one')).toBe(false)
    expect((await producer.enqueue('anything', 'c', options)).id).not.toBe(first.id)
  })

  test('debounce: the last payload replaces the delayed one', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { delay: 60_000, deduplication: { id: 'one', ttl: 60_000, extend: true, replace: true } }
    const { seen } = openRecorder(contract)
    const jobs = await enqueueAll(producer, [
      [{ text: 'a' }, options],
      [{ text: 'b' }, options],
      [{ text: 'c', who: ada }, options],
    ])
    await jobs.at(-1)?.promote()
    await jobs.at(-1)?.result()
    expect(seen).toEqual([{ text: 'c', who: ada }])
  })

  test('reschedule: the delayed job keeps its payload, and its time moves', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const deduplication = { id: 'one', reschedule: true }
    const [first, second] = await enqueueAll(producer, [
      ['a', { delay: 60_000, deduplication }],
      ['b', { delay: 1, deduplication }],
    ])
    expect(second?.id).toBe(first?.id)
    const { seen } = openRecorder(contract)
    await first?.result()
    expect(seen).toEqual(['a'])
  })

  test('keepLastIfActive: the last payload that came meanwhile runs when the job has ended', async () => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const options = { deduplication: { id: 'one', keepLastIfActive: true } }
    const { open, opened } = gate()
    const last = gate()
    const seen: unknown[] = []
    const worker = openWorker(contract, async (payload) => {
      if (seen.push(payload) === 1) await opened
      else last.open()
    })
    const active = once(worker.bullmq, 'active')
    await producer.enqueue('anything', 'a', options)
    await active
    await enqueueAll(producer, [
      ['b', options],
      [ada, options],
    ])
    open()
    await last.opened
    expect(seen).toEqual(['a', ada])
  })
})
