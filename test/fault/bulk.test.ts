import { setTimeout as wait } from 'node:timers/promises'
import { type BrineError, createProducer, defineQueue, type EnqueueMiddleware, type ProducerOptions } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openClient } from '../connection.ts'
import { rejection } from '../queue/people.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'
import { openChance, printFigures, some } from './scale.ts'

const contract = defineQueue('bulks', { jobs: { note: { payload: z.string() } } })
const total = some(20_000)
const items = Array.from({ length: total }, (_, n) => ({ name: 'note' as const, payload: `${n} ${'x'.repeat(500)}` }))

async function open(options: Partial<ProducerOptions<typeof contract>> = {}) {
  const redis = await nativeRedis()
  await redis.start()
  const connection = `redis://127.0.0.1:${redis.port}`
  const producer = createProducer(contract, { connection, enqueueTimeoutMs: 1_000, ...options })
  onTestFinished(() => producer.close())
  return { redis, producer, connection, client: openClient(connection) }
}

type Opened = Awaited<ReturnType<typeof open>>

/** Enqueues all items, until something breaks off, and then the rest by the ids that the error told. */
async function addInTwo({ producer, client }: Opened, mend: () => Promise<unknown>) {
  const error = (await rejection(producer.enqueueBulk(items))) as BrineError
  const { added = [], notAdded = [], unknown = [] } = error.bulk ?? {}
  const numbers = [added, notAdded, unknown].map((list) => list.length)
  expect(error.message).toContain(
    `of ${total} jobs ${numbers[0]} were added, ${numbers[1]} were not, and of ${numbers[2]} it is not known`,
  )
  expect([...added, ...notAdded, ...unknown].map(({ index }) => index).sort((a, b) => a - b)).toEqual([...items.keys()])
  await mend()
  const exists = async (ids: readonly { id: string }[]) => {
    const found = await Promise.all(ids.map(({ id }) => client.exists(`bull:bulks:${id}`)))
    return found.filter((one) => one === 1).length
  }
  expect(await exists(added)).toBe(added.length)
  expect(await exists(notAdded)).toBe(0)
  const again = [...notAdded, ...unknown].map(({ index, id }) => ({
    ...(items[index] ?? items[0]),
    options: { jobId: id },
  }))
  const handles = await producer.enqueueBulk(again as typeof items)
  expect(handles.length).toBe(again.length)
  expect((await producer.control.counts()).waiting).toBe(total)
  printFigures(`a bulk of ${total} broke off: ${error.code}`, {
    ...{ added: added.length, notAdded: notAdded.length, unknown: unknown.length },
  })
  return { error, added, notAdded, unknown }
}

describe.skipIf(!canRun)(`a bulk that breaks off${why}`, () => {
  test('since memory is full says which jobs were added and which were not, and a second call adds the rest', async () => {
    const opened = await open()
    const { client, producer } = opened
    await producer.enqueue('note', 'first')
    await client.del('bull:bulks:wait')
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
    await client.config('SET', 'maxmemory', used + total * 300)
    const { error, added, notAdded, unknown } = await addInTwo(opened, () => client.config('SET', 'maxmemory', 0))
    expect(error).toMatchObject({ code: 'REDIS_REFUSED', message: expect.stringContaining('OOM') })
    expect(error.message).not.toContain('nothing was done')
    expect(added.length).toBeGreaterThan(0)
    expect(notAdded.length).toBeGreaterThan(0)
    expect(unknown).toEqual([])
    // Nothing of it is printed with the error.
    expect(Object.keys(error)).not.toContain('bulk')
  }, 60_000)

  test('since Redis is killed says what it does not know, and a second call adds each once', async () => {
    const opened = await open()
    const { redis, producer } = opened
    await producer.enqueue('note', 'first')
    await opened.client.del('bull:bulks:wait')
    const after = openChance()(0, total / 4)
    let begun = false
    const killed = (async () => {
      while (!begun) {
        begun = (await opened.client.llen('bull:bulks:wait')) > after
        await wait(1)
      }
      await redis.kill()
    })()
    const { error, added, notAdded } = await addInTwo(opened, async () => {
      await killed
      await redis.start()
      await expect
        .poll(() =>
          producer.control.counts().then(
            () => true,
            () => false,
          ),
        )
        .toBe(true)
    })
    expect(error.code).toBe('REDIS_UNREACHABLE')
    expect(added.length + notAdded.length).toBeLessThanOrEqual(total)
  }, 60_000)

  test('since a script broke off says that nobody knows of its job, a part of which is there', async () => {
    const { producer, client } = await open()
    await producer.enqueue('note', 'first')
    await client.del('bull:bulks:wait')
    // The script writes the hash of the job, and then meets what is no list.
    await client.set('bull:bulks:wait', 'planted')
    const error = (await rejection(producer.enqueueBulk(items.slice(0, 2)))) as BrineError
    const { added, notAdded, unknown = [] } = error.bulk ?? {}
    expect({ code: error.code, added, notAdded }).toEqual({ code: 'REDIS_REFUSED', added: [], notAdded: [] })
    expect(await client.exists(...unknown.map(({ id }) => `bull:bulks:${id}`))).toBe(2)
    const one = (await rejection(producer.enqueue('note', 'one'))) as BrineError
    expect(one.message).not.toContain('nothing was done')
  })

  test('tells the middlewares of each job what became of it', async () => {
    const heard = { added: 0, refused: 0 }
    const use: EnqueueMiddleware[] = [
      async (_, next) => {
        try {
          const handle = await next()
          heard.added += 1
          return handle
        } catch (error) {
          heard.refused += 1
          throw error
        }
      },
    ]
    const { producer, client } = await open({ use })
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
    await client.config('SET', 'maxmemory', used + total * 300)
    const error = (await rejection(producer.enqueueBulk(items))) as BrineError
    expect(heard).toEqual({ added: error.bulk?.added.length, refused: error.bulk?.notAdded.length })
    expect(heard.added).toBeGreaterThan(0)
  }, 60_000)
})

test.skipIf(!canRun)(
  `a large bulk lets others have their turn, and keeps its order${why}`,
  async () => {
    const { producer, client } = await open({ enqueueTimeoutMs: 20_000 })
    await producer.enqueue('note', 'first')
    let turns = 0
    let over = false
    const count = () => {
      turns += 1
      if (!over) setImmediate(count)
    }
    count()
    const jobs = await producer.enqueueBulk(items.slice(0, 2_000))
    over = true
    // One at least for each 500, encoded and sent.
    expect(turns).toBeGreaterThanOrEqual(8)
    const waiting = await client.lrange('bull:bulks:wait', 0, -1)
    expect(waiting.reverse().slice(1)).toEqual(jobs.map(({ id }) => id))
  },
  60_000,
)
