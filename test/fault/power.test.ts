import { createProducer, createWorker, defineQueue } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { canRun, nativeRedis, why } from './native-redis.ts'
import { openChance, printFigures, some } from './scale.ts'

const contract = defineQueue('orders', {
  jobs: { ship: { payload: z.object({ order: z.number() }), result: z.number() } },
})
const total = some(2_000)
const items = Array.from({ length: total }, (_, order) => ({
  name: 'ship' as const,
  payload: { order },
  options: { jobId: `order-${order}` },
}))

function open(connection: string) {
  const producer = createProducer(contract, { connection, enqueueTimeoutMs: 20_000 })
  onTestFinished(() => producer.close())
  return producer
}

/** Works until every order was shipped, and gives how often each was. */
async function shipAll(connection: string): Promise<Map<number, number>> {
  const shipped = new Map<number, number>()
  const worker = createWorker(contract, {
    ...{ connection, shutdownOnSignals: false, concurrency: 20 },
    handlers: {
      ship: ({ order }) => {
        shipped.set(order, (shipped.get(order) ?? 0) + 1)
        return order
      },
    },
  })
  onTestFinished(() => worker.close())
  await expect.poll(() => shipped.size, { timeout: 60_000 }).toBe(total)
  await worker.waitUntilIdle()
  return shipped
}

const losses = [
  { title: 'whose power went, with a log that lacks its end', options: [], bytes: 20_000 },
  { title: 'whose power went in the midst of a write', options: [], bytes: 7 },
  { title: 'that keeps nothing', options: ['--appendonly', 'no'], bytes: 0 },
]

describe.skipIf(!canRun)(`jobs that wait in a server${why}`, () => {
  test.each(losses)(
    '$title: the end of them at most is lost, and a second enqueue with the same ids restores each once',
    async ({ options, bytes }) => {
      const redis = await nativeRedis(...options)
      await redis.start()
      const connection = `redis://127.0.0.1:${redis.port}`
      const producer = open(connection)
      // One after the other in the log, as they were acknowledged.
      for (const item of items) await producer.enqueue(item.name, item.payload, item.options)
      await redis.kill()
      if (bytes > 0) await redis.cut(openChance()(Math.ceil(bytes / 2), bytes))
      await redis.start()
      const counts = () => producer.control.counts()
      const kept = (await counts()).waiting
      const states = await Promise.all(items.map(({ options: { jobId } }) => producer.job('ship', jobId).state()))
      // What was acknowledged first is kept: nothing is lost before the last that is kept.
      expect(states).toEqual(items.map((_, order) => (order < kept ? 'waiting' : 'missing')))
      if (bytes === 0) expect(kept).toBe(0)
      // Each takes more than a hundred bytes of the log.
      else expect(kept).toBeGreaterThanOrEqual(Math.floor(total - 1 - bytes / 100))
      expect(kept).toBeLessThan(total)

      const handles = await producer.enqueueBulk(items)
      expect(handles.filter(({ deduplicated }) => deduplicated).length).toBe(kept)
      expect((await counts()).waiting).toBe(total)
      const shipped = await shipAll(connection)
      const twice = [...shipped.values()].filter((times) => times !== 1).length
      const lost = total - kept
      printFigures('the power went', { options, bytes, jobs: total, lost, restored: shipped.size - kept, twice })
      expect(twice).toBe(0)
      expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual(
        items.map(({ payload }) => payload.order),
      )
    },
    120_000,
  )
})
