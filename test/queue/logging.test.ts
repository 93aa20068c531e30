import { expect, test } from 'vitest'
import { type Logger, logging } from '../../src/queue/worker/logging.ts'
import { openProducer, openWorker, Person, peopleQueue, rejection, TooYoung } from './people.ts'

function recorder() {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message })
  }
  const logger: Logger = { debug: write('debug'), info: write('info'), error: write('error') }
  return { lines, logger }
}

test('logs what becomes of jobs, without what they hold', async () => {
  const contract = peopleQueue()
  const { lines, logger } = recorder()
  const { jobs, enqueues } = logging(logger)
  const producer = openProducer(contract, { use: [enqueues] })
  let delayed = false
  openWorker(
    contract,
    (payload, { delay }) => {
      if (payload === 'fail') throw new TooYoung(new Person('Secret', 7))
      if (payload === 'delay' && !delayed) {
        delayed = true
        throw delay(1)
      }
      return 'a secret'
    },
    { use: [jobs] },
  )
  const done = await producer.enqueue('anything', 'secret')
  await done.result()
  const put = await producer.enqueue('anything', 'delay')
  await put.result()
  const failed = await producer.enqueue('anything', 'fail')
  await rejection(failed.result())
  const job = { queue: 'people', job: 'anything' }
  const ms = expect.any(Number)
  expect(lines).toEqual(
    expect.arrayContaining([
      { level: 'info', fields: { ...job, id: done.id }, message: 'job enqueued' },
      { level: 'debug', fields: { ...job, id: done.id, attempt: 1 }, message: 'job taken' },
      { level: 'info', fields: { ...job, id: done.id, attempt: 1, ms }, message: 'job completed' },
      {
        level: 'info',
        fields: { ...job, id: put.id, attempt: 1, ms, why: 'delay', forMs: 1 },
        message: 'job put back',
      },
      { level: 'info', fields: { ...job, id: put.id, attempt: 1, ms }, message: 'job completed' },
      {
        level: 'error',
        fields: {
          ...{ ...job, id: failed.id, attempt: 1, ms },
          err: { type: 'TooYoung', message: 'Secret is too young', stack: expect.any(String) },
        },
        message: 'job failed',
      },
    ]),
  )
  expect(lines).toHaveLength(3 + 4 + 4)
  expect(JSON.stringify(lines)).not.toContain('a secret')
})

test('logs what could not be enqueued, and what was there already', async () => {
  const { lines, logger } = recorder()
  const producer = openProducer(peopleQueue(), { use: [logging(logger).enqueues] })
  const options = { deduplication: { id: 'one' } }
  const first = await producer.enqueue('anything', 1, options)
  await producer.enqueue('anything', 1, options)
  expect(lines).toMatchObject([
    { fields: { id: first.id }, message: 'job enqueued' },
    { fields: { id: first.id }, message: 'job was there already' },
  ])
  await producer.close()
  await rejection(producer.enqueue('anything', 1))
  expect(lines).toHaveLength(2)
})
