import { useEmbedded } from 'brinemq/testing'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { openProducer, openWorker, peopleQueue } from '../queue/people.ts'

test('serves all suites of a process by one server, which ends with the last of them', async () => {
  const [one, two] = await Promise.all([useEmbedded(), useEmbedded()])
  expect(one.connection).toBe(two.connection)
  await one.close()
  await one.close()
  const client = new Redis(two.connection)
  expect(await client.ping()).toBe('PONG')
  client.disconnect()
  await two.close()
  const gone = new Redis(two.connection, { lazyConnect: true, retryStrategy: () => null })
  gone.on('error', () => {})
  await expect(gone.connect()).rejects.toThrow()
  const again = await useEmbedded()
  expect(again.connection).not.toBe(two.connection)
  await again.close()
})

test('keeps tests apart by prefixes, none of which comes twice', async () => {
  const redis = await useEmbedded()
  const contract = peopleQueue()
  const place = () => ({ connection: redis.connection, prefix: redis.prefix() })
  const [mine, others] = [place(), place()]
  expect(mine.prefix).not.toBe(others.prefix)
  const stray = openProducer(contract, others)
  await stray.enqueue('anything', 'of another test')
  const producer = openProducer(contract, mine)
  const worker = openWorker(contract, (payload) => payload, mine)
  expect(await (await producer.enqueue('anything', 'mine')).result()).toBe('mine')
  expect(await stray.bullmq.getWaitingCount()).toBe(1)
  await Promise.all([producer.close(), stray.close(), worker.close()])
  await redis.close()
})
