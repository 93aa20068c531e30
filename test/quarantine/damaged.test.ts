import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { gate, openProducer, openWorker, peopleQueue, rejection } from '../queue/people.ts'
import { enqueuePoison, poisons } from './poison.ts'

test.each([
  ['a dump that is none', { dump: 'x' }],
  ['an id of the queue’s own', { was: 'paused' }],
  ['no hash', undefined],
])('replays and lists what stands beside an entry of %s', async (_, damage) => {
  const [poison] = poisons
  if (!poison) throw new Error('there are poisons')
  const contract = peopleQueue()
  const ids = [(await enqueuePoison(contract, poison)).job.id, (await enqueuePoison(contract, poison)).job.id]
  const { quarantine, control } = openProducer(contract)
  const worker = openWorker(contract, () => {})
  await expect.poll(() => quarantine.count()).toBe(2)
  await worker.close()
  const entry = `${contract.prefix}:people-quarantine:${ids[0]}`
  const redis = openClient()
  if (damage) await redis.hset(entry, damage)
  else await redis.multi().del(entry).set(entry, 'text').exec()
  expect(await quarantine.groups()).toMatchObject([{ count: damage ? 2 : 1 }])
  const replayed = await quarantine.replay({})
  expect(replayed).toMatchObject({
    replayed: 1,
    existing: [],
    refused: damage ? [{ code: 'TEXT_INVALID', ids: [ids[0]] }] : [],
  })
  expect(await control.counts()).toMatchObject({ waiting: 1, quarantined: 1 })
})

test('replays each job once, though workers refuse it again at once', async () => {
  const [poison] = poisons
  if (!poison) throw new Error('there are poisons')
  const contract = peopleQueue()
  for (let index = 0; index < 20; index++) await enqueuePoison(contract, poison)
  const { quarantine } = openProducer(contract)
  openWorker(contract, () => {})
  await expect.poll(() => quarantine.count()).toBe(20)
  expect(await quarantine.replay({})).toMatchObject({ replayed: 20 })
})

test('tells a forged reason in bounds, and without what a terminal would heed', async () => {
  const [poison] = poisons
  if (!poison) throw new Error('there are poisons')
  const contract = peopleQueue()
  const { job, producer } = await enqueuePoison(contract, poison)
  const worker = openWorker(contract, () => {})
  await rejection(job.result())
  await worker.close()
  const entry = `${contract.prefix}:people-quarantine:${job.id}`
  const data = JSON.stringify({ code: 'SEAL_INVALID', reason: `\u001b[31m${'x'.repeat(100_000)}`, path: '\u001b' })
  await openClient().hset(entry, 'data', data)
  const error = String(await rejection(openProducer(contract).job('anything', job.id).result()))
  expect(error).not.toContain('\u001b')
  expect(error.length).toBeLessThan(3_000)
  const [group] = await producer.quarantine.groups()
  expect(group?.path).toBe('\\u001b')
})

test('asks once a second where nothing can be taken, and goes on when that is mended', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1)
  const redis = openClient()
  await redis.set(`${contract.prefix}:people:delayed`, 'no set')
  const errors: number[] = []
  const { opened: twice, open } = gate()
  const onError = () => void (errors.push(performance.now()) === 2 && open())
  openWorker(contract, () => 'ran', { onError })
  await twice
  const [first = 0, second = 0] = errors
  expect(second - first).toBeGreaterThan(500)
  await redis.del(`${contract.prefix}:people:delayed`)
  expect(await job.result()).toBe('ran')
})
