import { createProducer, createWorker, newKey, sandboxed, type WorkerOptions } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, redisUrl } from '../../connection.ts'
import { quiet, rejection, TooYoung } from '../people.ts'
import { acceptOnce, ada, clock, offersQueue } from './offers.ts'

beforeEach(() => {
  clock.isOver = false
})

function work(contract: ReturnType<typeof offersQueue>, accept: WorkerOptions<typeof contract>['handlers']['accept']) {
  const worker = createWorker(contract, {
    ...quiet,
    handlers: { accept },
  })
  onTestFinished(() => worker.close())
}

const refusal = {
  code: 'JOB_QUARANTINED',
  cause: { code: 'PAYLOAD_INVALID', path: '$', cause: expect.any(TooYoung) },
}

function expectRefused(error: unknown) {
  expect(error).toMatchObject(refusal)
  expect(error).toHaveProperty('cause.cause.person', ada)
  expect(error).toHaveProperty('cause.cause.cause', new RangeError('36'))
}

test.each([
  ['at once', {}],
  ['after a delay', { backoff: 1 }],
  ['before others', { lifo: true }],
])('a payload that is refused at its second attempt keeps what the first one failed with: %s', async (_, options) => {
  const contract = offersQueue({ prefix: freshPrefix() })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  work(contract, acceptOnce)
  const job = await producer.enqueue('accept', { id: 'a' }, options)
  expectRefused(await rejection(job.result()))
  // Also for those who ask when it has happened: by the events, and by what is kept when these are gone.
  expectRefused(await rejection(producer.job('accept', job.id).result()))
  await producer.bullmq.trimEvents(0)
  expectRefused(await rejection(producer.job('accept', job.id).result()))
})

test('it keeps it under a seal, and from a thread', async () => {
  const contract = offersQueue({ prefix: freshPrefix(), keys: newKey({ mode: 'encrypt' }) })
  const plain = offersQueue({ prefix: freshPrefix() })
  const [sealed, apart] = [contract, plain].map((one) => createProducer(one, { connection: redisUrl }))
  onTestFinished(() => Promise.all([sealed?.close(), apart?.close()]).then(() => {}))
  work(contract, acceptOnce)
  work(plain, sandboxed(new URL('./accept.ts', import.meta.url), { in: 'thread' }))
  for (const producer of [apart, sealed]) {
    const job = await producer?.enqueue('accept', { id: 'a' })
    expectRefused(job && (await rejection(job.result())))
  }
})

test('a job that is replayed, and fails to the end, fails with its last error', async () => {
  const contract = offersQueue({ prefix: freshPrefix() })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  let attempts = 0
  work(contract, () => {
    attempts++
    if (attempts === 1) acceptOnce()
    throw new RangeError('the last one')
  })
  const job = await producer.enqueue('accept', { id: 'a' })
  expectRefused(await rejection(job.result()))
  clock.isOver = false
  await producer.quarantine.replay(job.id)
  const again = producer.job('accept', job.id)
  expect(await rejection(again.result())).toEqual(new RangeError('the last one'))
})

test('it keeps it in memory', async () => {
  const inline = createInline(offersQueue(), { handlers: { accept: acceptOnce } })
  onTestFinished(() => inline.close())
  const job = await inline.enqueue('accept', { id: 'a' })
  expectRefused(await rejection(job.result()))
})
