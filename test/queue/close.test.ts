import { expect, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, peopleQueue } from './people.ts'

test('closing lets a running job finish within the grace period', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1)
  const [started, go] = [gate(), gate()]
  const worker = openWorker(contract, async () => {
    started.open()
    await go.opened
    return 'finished'
  })
  await started.opened
  const closed = worker.close({ graceMs: 10_000 })
  go.open()
  await closed
  expect(await job.result()).toBe('finished')
})

test('closing twice is closing once, and a closed worker takes nothing', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const worker = openWorker(contract, () => 'taken')
  await worker.waitUntilReady()
  expect(worker.close()).toBe(worker.close())
  await worker.close()
  await producer.enqueue('anything', 1)
  expect(await producer.bullmq.getWaitingCount()).toBe(1)
})

test.each([
  ['throws when its signal aborts', true],
  ['ignores its signal', false],
])("closing puts a job back whose handler %s, at no attempt's cost", async (_title, heeds) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1, { attempts: 1 })
  const [started, late] = [gate(), gate()]
  const reasons: unknown[] = []
  const first = openWorker(contract, async (_payload, { signal }) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason))
    started.open()
    await (heeds ? new Promise((_resolve, reject) => signal.addEventListener('abort', reject)) : late.opened)
    return 'too late'
  })
  await started.opened
  await first.close({ graceMs: 10 })
  expect(reasons).toEqual([expect.objectContaining({ code: 'WORKER_CLOSED' })])
  expect(await producer.bullmq.getWaitingCount()).toBe(1)
  late.open()
  openWorker(contract, (_payload, { attempt }) => `attempt ${attempt}`)
  expect(await job.result()).toBe('attempt 1')
})

test('aborts the signal of a job whose lock is lost, and stores nothing of it', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  const [started, aborted] = [gate(), gate<unknown>()]
  const told: unknown[] = []
  let runs = 0
  openWorker(
    contract,
    async (_payload, { signal }) => {
      runs += 1
      if (runs > 1) return 'second'
      started.open()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      aborted.open(signal.reason)
      return 'first'
    },
    { lockDuration: 400, stalledInterval: 200, concurrency: 2, onError: (error) => told.push(error) },
  )
  await started.opened
  await openClient().set(`${contract.prefix}:people:${job.id}:lock`, 'another', 'PX', 300)
  expect(await aborted.opened).toMatchObject({ code: 'LOCK_LOST' })
  expect(await job.result()).toBe('second')
  expect(told).toContainEqual(expect.objectContaining({ code: 'LOCK_LOST' }))
})

test('closes at once when Redis was never there, and leaves nothing open', async () => {
  const unreachable = 'redis://127.0.0.1:1'
  const errors: unknown[] = []
  const worker = openWorker(peopleQueue(), () => {}, {
    connection: unreachable,
    graceMs: 60_000,
    onError: (error) => errors.push(error),
  })
  const producer = openProducer(peopleQueue(), { connection: unreachable })
  await new Promise((resolve) => worker.bullmq.once('error', resolve))
  await Promise.all([worker.close(), producer.close()])
  expect(errors[0]).toMatchObject({ code: 'REDIS_UNREACHABLE' })
})

test("leaves the user's own client open, and as it was", async () => {
  const contract = peopleQueue()
  const client = openClient(redisUrl)
  await client.ping()
  const listeners = () => client.eventNames().map((name) => [name, client.listenerCount(name)])
  const before = [listeners(), client.getMaxListeners()]
  const producer = openProducer(contract, { connection: client })
  const worker = openWorker(contract, (payload) => payload, { connection: client })
  expect(await (await producer.enqueue('anything', 'shared')).result()).toBe('shared')
  await Promise.all([worker.close(), producer.close()])
  expect(await client.ping()).toBe('PONG')
  expect([listeners(), client.getMaxListeners()]).toEqual(before)
})
