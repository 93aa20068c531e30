import { expect, onTestFinished, test } from 'vitest'
import { isolated } from '../../../src/queue/isolate/isolated.ts'
import { createProducer } from '../../../src/queue/producer/producer.ts'
import { createWorker } from '../../../src/queue/worker/worker.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { quiet, rejection } from '../people.ts'
import { everythingUnder } from './sealed-queue.ts'
import { vault } from './vault.ts'

test.each(['thread', 'process'] as const)('an isolated handler opens and seals in its %s', async (where) => {
  const prefix = freshPrefix()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const handler = isolated(new URL('./open-vault.ts', import.meta.url), { in: where })
  const worker = createWorker(vault, { ...quiet, prefix, handlers: { open: handler } })
  onTestFinished(async () => {
    await Promise.all([producer.close(), worker.close()])
  })
  expect(await (await producer.enqueue('open', { what: 'gold' })).result()).toEqual({ found: 'gold' })
  const empty = await producer.enqueue('open', { what: 'nothing' })
  expect(await rejection(empty.result())).toMatchObject({ name: 'RangeError', message: 'there is no nothing' })
  expect(await empty.progress()).toEqual({ what: 'nothing' })
  expect(await everythingUnder(prefix)).not.toMatch(/gold|nothing/)
})

test('no middleware runs for a forged job of an isolated handler', async () => {
  const prefix = freshPrefix()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const seen: string[] = []
  const { id } = await producer.enqueue('open', { what: 'gold' }, { jobId: 'forged' })
  await openClient().hset(`${prefix}:vault:${id}`, 'data', '{"what":"lead"}')
  const handler = isolated(new URL('./open-vault.ts', import.meta.url), { in: 'thread' })
  const worker = createWorker(vault, {
    ...{ ...quiet, prefix, handlers: { open: handler } },
    use: [
      (job, next) => {
        seen.push(job.id)
        return next()
      },
    ],
  })
  onTestFinished(async () => {
    await Promise.all([producer.close(), worker.close()])
  })
  expect(`${await rejection(producer.job('open', id).result())}`).toContain('SEAL_MISSING')
  expect(seen).toEqual([])
})
