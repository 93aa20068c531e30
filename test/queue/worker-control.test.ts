import { setTimeout as wait } from 'node:timers/promises'
import { createProducer, createWorker, defineQueue } from 'brinemq'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, peopleQueue, rejection, untyped } from './people.ts'

test('a paused worker finishes what runs and takes nothing more, until it resumes', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const [started, go] = [gate(), gate()]
  const worker = openWorker(contract, async (payload) => {
    started.open()
    await go.opened
    return payload
  })
  const [one, two] = await producer.enqueueBulk([
    { name: 'anything', payload: 1 },
    { name: 'anything', payload: 2 },
  ])
  await started.opened
  let paused = false
  const pausing = worker.pause().then(() => {
    paused = true
  })
  expect(paused).toBe(false)
  go.open()
  await pausing
  expect(await one.result()).toBe(1)
  expect(await two.state()).toBe('waiting')
  await worker.resume()
  expect(await two.result()).toBe(2)
})

test('pausing without waiting resolves while a job runs', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1)
  const [started, go] = [gate(), gate()]
  const worker = openWorker(contract, async (payload) => {
    started.open()
    await go.opened
    return payload
  })
  await started.opened
  await worker.pause({ waitForRunning: false })
  expect(await job.state()).toBe('active')
  go.open()
  expect(await job.result()).toBe(1)
  await worker.resume()
})

test('drain resolves when nothing waits or runs, in whatever worker, and the worker goes on', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const jobs = await producer.enqueueBulk(
    [1, 2, 3, 4, 5].map((payload) => ({ name: 'anything', payload, options: { priority: payload } }) as const),
  )
  const later = await producer.enqueue('anything', 6, { delay: 60_000 })
  const [started, go] = [gate(), gate()]
  openWorker(contract, async () => {
    started.open()
    await go.opened
  })
  await started.opened
  const worker = openWorker(contract, () => {})
  let drained = false
  const draining = worker.waitUntilIdle().then(() => {
    drained = true
  })
  await Promise.all(jobs.slice(1).map((job) => job.result()))
  expect(drained).toBe(false)
  go.open()
  await draining
  expect(await jobs[0]?.state()).toBe('completed')
  const all = worker.waitUntilIdle({ delayed: true })
  await later.promote()
  await all
  expect(await later.state()).toBe('completed')
})

test("drain ends with the signal's reason, and with WORKER_CLOSED when the worker closes", async () => {
  const contract = peopleQueue()
  await openProducer(contract).enqueue('anything', 1, { delay: 60_000 })
  const worker = openWorker(contract, () => {})
  const controller = new AbortController()
  const aborted = rejection(worker.waitUntilIdle({ delayed: true, signal: controller.signal }))
  const closed = rejection(worker.waitUntilIdle({ delayed: true }))
  controller.abort('enough')
  expect(await aborted).toBe('enough')
  await worker.close()
  expect(await closed).toMatchObject({ code: 'WORKER_CLOSED' })
})

function timed(timeoutMs: number) {
  const contract = defineQueue('timed', {
    prefix: freshPrefix(),
    jobs: { work: { payload: z.enum(['heeds', 'ignores', 'in time']), timeoutMs } },
  })
  return { contract, producer: createProducer(contract, { connection: redisUrl }) }
}

test("a job's timeoutMs aborts its signal and fails the attempt, and another follows", async () => {
  const { contract, producer } = timed(30)
  const attempts: unknown[] = []
  const never = gate()
  const worker = createWorker(contract, {
    connection: redisUrl,
    handlers: {
      work: async (how, { signal, attempt }) => {
        attempts.push(attempt)
        if (how === 'in time') return
        if (how === 'heeds') await wait(60_000, undefined, { signal }).catch(() => {})
        else await never.opened
      },
    },
  })
  const [heeds, ignores, inTime] = await producer.enqueueBulk([
    { name: 'work', payload: 'heeds', options: { attempts: 2 } },
    { name: 'work', payload: 'ignores' },
    { name: 'work', payload: 'in time' },
  ])
  const late = { code: 'JOB_TIMEOUT', job: 'work' }
  expect(await rejection(heeds.result())).toMatchObject(late)
  expect(await rejection(ignores.result())).toMatchObject(late)
  expect(await inTime.result()).toBeUndefined()
  expect(attempts.filter((attempt) => attempt === 2)).toHaveLength(1)
  never.open()
  await Promise.all([producer.close(), worker.close()])
})

test.each([0, -1, Number.NaN, 2 ** 31, '5'])('refuses a timeoutMs of %s', (timeoutMs) => {
  expect(() => untyped(defineQueue)('timed', { jobs: { work: { payload: z.string(), timeoutMs } } })).toThrowError(
    expect.objectContaining({ code: 'CONTRACT_INVALID', job: 'work', path: 'timeoutMs' }),
  )
})
