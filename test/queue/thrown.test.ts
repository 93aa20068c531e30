import { createProducer, createWorker, node } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { expect, onTestFinished, test } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { clock, offersQueue } from './parse/offers.ts'
import { openProducer, openWorker, peopleQueue, quiet, rejection, TooYoung } from './people.ts'
import { ada, setUp } from './reports.ts'

class GatewayError extends Error {
  readonly status = 502
  readonly response = new Response()
}

/** An error with a model, whose cause has none and holds what no text can. */
const refused = () => new TooYoung(ada, { cause: new GatewayError('no answer') })
const refuse = () => {
  throw refused()
}

function expectArrived(error: unknown): void {
  expect(error).toBeInstanceOf(TooYoung)
  expect(error).toMatchObject({ person: ada, message: 'Ada is too young', omitted: ['$.cause.response'] })
  expect(error).toHaveProperty('cause.status', 502)
  expect(error).toHaveProperty('cause.message', 'no answer')
}

test('an error that cannot travel whole keeps its class in events and in a monitor', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1, { attempts: 2, backoff: 600_000 })
  openWorker(contract, refuse)
  const monitor = createMonitor(contract, { connection: redisUrl })
  onTestFinished(() => monitor.close())
  const queue = monitor.queue(contract)
  await expect.poll(async () => (await queue.job(job.id))?.state).toBe('delayed')
  expectArrived((await queue.job(job.id))?.formerError?.value)
  await job.promote()
  expectArrived(await rejection(job.result()))
  expectArrived((await queue.job(job.id))?.error?.value)
  for await (const event of openProducer(contract).events({ after: '0' })) {
    if (event.type !== 'failed') continue
    expectArrived(event.error)
    break
  }
})

test('it keeps its class as the failure of a child, and as that of the parent which the child fails', async () => {
  const { people, reports, flows } = setUp(async (children) => {
    expectArrived((await children.failures(people))[0]?.error)
    return 'seen'
  })
  openWorker(people, refuse)
  const child = (options: object) => node(people, 'anything', 1, { options })
  const seen = node(reports, 'collect', 'a', { children: [child({ ignoreDependencyOnFailure: true })] })
  const failed = node(reports, 'collect', 'b', { children: [child({ failParentOnFailure: true })] })
  expect(await (await flows.add(seen)).job.result()).toBe('seen')
  const error = await rejection((await flows.add(failed)).job.result())
  expect(error).toMatchObject({ code: 'JOB_FAILED' })
  expectArrived((error as Error).cause)
})

test('it keeps its class as the cause of a refusal in quarantine', async () => {
  onTestFinished(() => {
    clock.isOver = false
  })
  const contract = offersQueue({ prefix: freshPrefix() })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const worker = createWorker(contract, {
    ...quiet,
    handlers: {
      accept: () => {
        clock.isOver = true
        refuse()
      },
    },
  })
  onTestFinished(() => worker.close())
  const error = await rejection((await producer.enqueue('accept', { id: 'a' })).result())
  expect(error).toMatchObject({ code: 'JOB_QUARANTINED', cause: { code: 'PAYLOAD_INVALID' } })
  expectArrived((error as { cause: Error }).cause.cause)
})

test('it keeps its class in memory', async () => {
  const greet = () => Promise.reject(refused())
  const inline = createInline(peopleQueue(), { handlers: { anything: refuse, greet } })
  onTestFinished(() => inline.close())
  expectArrived(await rejection((await inline.enqueue('anything', 1)).result()))
  expectArrived(await rejection((await inline.enqueue('greet', { person: ada, at: new Date(0) })).result()))
  const fake = createFakeProducer(peopleQueue())
  const job = await fake.enqueue('anything', 1)
  fake.fail(job, refused())
  expectArrived(await rejection(job.result()))
})
