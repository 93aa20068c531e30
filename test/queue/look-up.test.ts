import { expect, test } from 'vitest'
import { createLookUp } from '../../src/job/look-up-job.ts'
import { openClient } from '../connection.ts'
import { openProducer, openWorker, peopleQueue, rejection } from './people.ts'

test('jobs are looked up a hundred at a time, twice at most at the same time, and each once', async () => {
  const pages: number[] = []
  const seen = new Set<string>()
  let underWay = 0
  const lookUp = createLookUp({
    async look(ids) {
      pages.push(ids.length)
      underWay += 1
      expect(underWay).toBeLessThanOrEqual(2)
      await new Promise(setImmediate)
      underWay -= 1
      for (const id of ids) seen.add(id)
      return ids.length
    },
  })
  for (let at = 0; at < 20_000; at++) lookUp.ask(String(at % 10_000))
  await expect.poll(() => seen.size).toBe(10_000)
  expect(pages).toEqual(Array(100).fill(100))
})

test('a job that was left out is looked up again, one whose look-up fails is not, and one that nobody waits for never', async () => {
  const asked: string[][] = []
  const lookUp = createLookUp({
    async look(ids) {
      asked.push([...ids])
      if (ids.includes('fails')) throw new Error('no answer')
      return 1
    },
  })
  for (const id of ['a', 'forgotten', 'b']) lookUp.ask(id)
  lookUp.forget('forgotten')
  await expect.poll(() => asked).toEqual([['a', 'b'], ['b']])
  lookUp.ask('fails')
  await expect.poll(() => asked).toHaveLength(3)
  lookUp.ask('c')
  await expect.poll(() => asked).toEqual([['a', 'b'], ['b'], ['fails'], ['c']])
})

test('a key of another type at the id of a job keeps nobody else from their results', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const key = (id: string) => `${contract.prefix}:people:${id}`
  await openClient().rpush(key('list'), 'x')
  const list = rejection(producer.job('anything', 'list').result({ timeoutMs: 2_000 }))
  const jobs = await producer.enqueueBulk(
    Array.from({ length: 250 }, (_, n) => ({ name: 'anything', payload: n }) as const),
  )
  openWorker(contract, (n) => n)
  expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(jobs.map((_, n) => n))
  expect(await Promise.all(jobs.map(({ id }) => producer.job('anything', id).result()))).toHaveLength(250)
  expect(await list).toMatchObject({ code: 'RESULT_TIMEOUT' })
})

test('results that are long together arrive all', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const jobs = await producer.enqueueBulk(Array.from({ length: 12 }, () => ({ name: 'anything', payload: 1 }) as const))
  openWorker(contract, () => 'x'.repeat(300_000))
  await Promise.all(jobs.map((job) => job.result()))
  const again = await Promise.all(jobs.map(({ id }) => openedResult(id)))
  expect(again.map((text) => (text as string).length)).toEqual(Array(12).fill(300_000))

  function openedResult(id: string): Promise<unknown> {
    return producer.job('anything', id).result()
  }
})
