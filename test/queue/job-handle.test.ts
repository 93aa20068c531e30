import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { gate, openProducer, openWorker, Person, peopleQueue, rejection, untyped } from './people.ts'

const john = new Person('John', 20)

test('tells where a job is, from its id, in any process', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const handles = await producer.enqueueBulk([
    { name: 'anything', payload: 1 },
    { name: 'anything', payload: 2, options: { delay: 60_000 } },
    { name: 'anything', payload: 3, options: { priority: 2 } },
  ])
  const other = openProducer(contract)
  const states = () => Promise.all(handles.map(({ id }) => other.job('anything', id).state()))
  expect(await states()).toEqual(['waiting', 'delayed', 'prioritized'])
  const [started, go] = [gate(), gate()]
  openWorker(contract, async (payload) => {
    started.open()
    await go.opened
    if (payload === 3) throw new Error('three')
  })
  await started.opened
  expect(await states()).toEqual(['active', 'delayed', 'prioritized'])
  go.open()
  await Promise.allSettled([handles[0].result(), handles[2].result()])
  await handles[1].remove()
  expect(await states()).toEqual(['completed', 'missing', 'failed'])
})

test('gives progress as its classes, the log, and when what happened', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const before = Date.now()
  const job = await producer.enqueue('anything', 1)
  expect(await job.progress()).toBeUndefined()
  expect(await job.info()).toMatchObject({ attempts: 0, starts: 0, startedAt: undefined, endedAt: undefined })
  openWorker(
    contract,
    async (_payload, { progress, log }) => {
      await progress(john)
      for (const line of ['one', 'two', 'three']) await log(line)
    },
    { name: 'press' },
  )
  await job.result()
  expect(await job.progress()).toEqual(john)
  expect(await job.logs()).toEqual({ logs: ['one', 'two', 'three'], count: 3 })
  expect(await job.logs({ start: 1, end: 1 })).toEqual({ logs: ['two'], count: 3 })
  const info = await job.info()
  expect(info).toMatchObject({ attempts: 1, starts: 1, worker: 'press' })
  for (const at of [info?.enqueuedAt, info?.startedAt, info?.endedAt]) {
    expect(at?.getTime()).toBeGreaterThanOrEqual(before)
  }
  expect(await producer.job('anything', 'nobody').info()).toBeUndefined()
})

test('refuses progress that is not of its schema, or a class with a then method', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('greet', { person: john, at: new Date() })
  const key = producer.bullmq.toKey(job.id)
  const envelope = (percent: unknown) => {
    const body = JSON.stringify([{ percent: 1 }, percent])
    return `{"brine":1,"kind":"progress","job":"greet","version":1,"encoding":"devalue/6","body":${body}}`
  }
  await openClient().hset(key, 'progress', envelope(40))
  expect(await job.progress()).toEqual({ percent: 40 })
  await openClient().hset(key, 'progress', envelope('half'))
  expect(await rejection(job.progress())).toMatchObject({ code: 'PROGRESS_INVALID', path: '$.percent' })
  await openClient().hset(key, 'progress', '50')
  expect(await rejection(job.progress())).toMatchObject({ code: 'TEXT_INVALID' })
})

test('lets failed and completed jobs run again, and delayed ones run now', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1, { delay: 60_000, attempts: 2 })
  let runs = 0
  openWorker(contract, () => {
    runs += 1
    if (runs <= 3) throw new Error(`run ${runs}`)
    return runs
  })
  await job.promote()
  expect(await rejection(job.result())).toEqual(new Error('run 2'))
  await job.retry()
  expect(await rejection(job.result())).toEqual(new Error('run 3'))
  await job.retry({ resetAttemptsMade: true, resetAttemptsStarted: true })
  expect(await job.result()).toBe(4)
  expect(await job.info()).toMatchObject({ attempts: 1, starts: 1 })
  await job.retry({ state: 'completed' })
  expect(await job.result()).toBe(5)
})

test('says that a job is not in the state that is needed, or not there', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  const wrong = { code: 'JOB_STATE_INVALID', job: 'anything' }
  expect(await rejection(job.retry())).toMatchObject(wrong)
  expect(await rejection(job.promote())).toMatchObject(wrong)
  const [started, go] = [gate(), gate()]
  openWorker(contract, async () => {
    started.open()
    await go.opened
  })
  await started.opened
  expect(await rejection(job.remove())).toMatchObject(wrong)
  go.open()
  await job.result()
  expect(await rejection(producer.job('anything', 'nobody').retry())).toMatchObject({ code: 'JOB_REMOVED' })
  const { retry } = job
  expect(await rejection(untyped(retry.bind(job))({ state: 'waiting' }))).toMatchObject({ code: 'OPTIONS_INVALID' })
  const misspelt = { code: 'OPTIONS_INVALID', path: 'foo' }
  expect(await rejection(untyped(retry.bind(job))({ foo: 1 }))).toMatchObject(misspelt)
  expect(await rejection(untyped(job.result.bind(job))({ foo: 1 }))).toMatchObject(misspelt)
  expect(await rejection(untyped(job.logs.bind(job))({ foo: 1 }))).toMatchObject(misspelt)
})

test('ends with CLOSED when the producer is closed, and with REDIS_UNREACHABLE without a Redis', async () => {
  const producer = openProducer()
  const job = await producer.enqueue('anything', 1)
  await producer.close()
  expect(await rejection(job.state())).toMatchObject({ code: 'CLOSED', job: 'anything' })
  const lost = openProducer(peopleQueue(), { connection: 'redis://127.0.0.1:1', enqueueTimeoutMs: 100 })
  expect(await rejection(lost.job('anything', 'a').cancel())).toMatchObject({ code: 'REDIS_UNREACHABLE' })
})
