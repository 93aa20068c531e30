import { createWorker } from 'brinemq'
import { expect, test } from 'vitest'
import { openConnection } from '../../src/connection/connection.ts'
import { openClient, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, peopleQueue, untyped } from './people.ts'

/** Has a worker's next waits hang until its blocking connection is made anew, as a command does that got lost. */
function hang(worker: ReturnType<typeof openWorker>) {
  const backend: unknown = Reflect.get(worker.bullmq, 'backend')
  if (typeof backend !== 'object' || backend === null) throw new TypeError('BullMQ has no backend')
  const hung = gate()
  Reflect.set(backend, 'waitForJob', async () => {
    hung.open()
    const blocking: unknown = await Reflect.get(backend, 'blockingClient')
    await new Promise((resolve) => Reflect.apply(Reflect.get(Object(blocking), 'once'), blocking, ['close', resolve]))
    Reflect.deleteProperty(backend, 'waitForJob')
    return null
  })
  return hung.opened
}

test.each<[string, (redis: ReturnType<typeof openClient>, limiter: string) => Promise<unknown>]>([
  ['a queue', async () => {}],
  ['a queue with a list in place of its limiter', (redis, limiter) => redis.rpush(limiter, 'x')],
])('a worker of %s that takes nothing while jobs wait connects anew, says so, and works', async (_, plant) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  await plant(openClient(), `${contract.prefix}:people:limiter`)
  const told: Error[] = []
  const worker = openWorker(contract, () => 'done', {
    watchdogMs: 300,
    onError: (error) => told.push(error),
    drainDelay: 0.1,
  })
  await hang(worker)
  const job = await producer.enqueue('anything', 1)
  expect(await job.result({ timeoutMs: 10_000 })).toBe('done')
  expect(told).toMatchObject([{ code: 'WORKER_STUCK', message: expect.stringContaining('1 job waits') }])
})

test.each<[string, (contract: ReturnType<typeof peopleQueue>) => Promise<unknown>]>([
  ['the queue is paused', async (contract) => openProducer(contract).control.pause()],
  [
    'a limit is reached',
    async (contract) => {
      const { control } = openProducer(contract)
      await control.setRateLimit({ max: 1, durationMs: 60_000 })
      await control.rateLimit(60_000)
    },
  ],
])('a worker is left alone where %s', async (_why, set) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  await set(contract)
  await producer.enqueue('anything', 1)
  const told: Error[] = []
  const worker = openWorker(contract, () => 'done', { watchdogMs: 90, onError: (error) => told.push(error) })
  await worker.waitUntilReady()
  await looked()
  expect(told).toEqual([])
})

test('a worker is left alone that is paused, or has no room', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const told: Error[] = []
  const onError = (error: Error) => told.push(error)
  const begun = gate()
  const end = gate()
  const busy = openWorker(
    contract,
    () => {
      begun.open()
      return end.opened
    },
    { watchdogMs: 90, onError },
  )
  await producer.enqueueBulk([1, 2].map((payload) => ({ name: 'anything', payload })))
  await begun.opened
  const paused = openWorker(contract, () => 'done', { watchdogMs: 90, onError })
  await paused.pause()
  await looked()
  expect(told).toEqual([])
  end.open()
  await busy.waitUntilIdle()
})

/** Resolves when watchdogs have had time for ten looks. */
async function looked(): Promise<void> {
  const connection = openConnection(redisUrl, 'wait')
  let looks = 0
  const done = gate()
  const { client } = connection
  const timer = setInterval(() => {
    void client.ping().then(() => ++looks === 10 && done.open())
  }, 30)
  await done.opened
  clearInterval(timer)
  await connection.close()
}

test.each([0, -1, Number.NaN, true, '1'])('refuses watchdogMs %o', (watchdogMs) => {
  const given = { watchdogMs, handlers: { greet: () => {}, anything: () => {} } }
  expect(() => untyped(createWorker)(peopleQueue(), given)).toThrow(expect.objectContaining({ path: 'watchdogMs' }))
})

test('a connection is not taken for dead because the process was busy for longer than it has to answer', async () => {
  const connection = openConnection(redisUrl, 'wait')
  await connection.ready(5_000)
  const reviving = connection.revive(50)
  const until = performance.now() + 120
  while (performance.now() < until);
  expect(await reviving).toBe(false)
  await connection.close()
})

test('a look that is answered never does not keep a worker from being found dead at the next', async () => {
  const contract = peopleQueue()
  const client = openClient()
  // The answer to the first look gets lost, and after that those to everything.
  const { eval: ask, ping } = client
  const lost = gate()
  client.eval = () => {
    lost.open()
    client.ping = () => new Promise<'PONG'>(() => {})
    return new Promise(() => {})
  }
  client.once('close', () => Object.assign(client, { eval: ask, ping }))
  const told = gate<Error>()
  openWorker(contract, () => 'done', { connection: client, watchdogMs: 150, onError: told.open })
  await lost.opened
  expect(await told.opened).toMatchObject({ code: 'REDIS_UNREACHABLE' })
})
