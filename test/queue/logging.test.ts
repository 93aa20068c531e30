import { BrineError, defineQueue, type Logger, logging, newKey } from 'brinemq'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { freshPrefix } from '../connection.ts'
import { CardRefused, cardRefused } from './card-refused.ts'
import {
  openProducer,
  openWorker,
  Person,
  peopleJobs,
  peopleQueue,
  person,
  rejection,
  TooYoung,
  tooYoung,
} from './people.ts'

function recorder() {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message })
  }
  const logger: Logger = { debug: write('debug'), info: write('info'), error: write('error') }
  return { lines, logger }
}

test('logs what becomes of jobs, one line an event, without what they hold', async () => {
  const contract = peopleQueue()
  const { lines, logger } = recorder()
  const { jobs, enqueues } = logging(logger)
  const producer = openProducer(contract, { use: [enqueues] })
  let delayed = false
  openWorker(
    contract,
    (payload, { delay, attempt }) => {
      if (payload === 'fail') throw new TooYoung(new Person('Young', 7))
      if (payload === 'again' && attempt === 1) throw new BrineError('REDIS_UNREACHABLE', 'not yet')
      if (payload === 'delay' && !delayed) {
        delayed = true
        throw delay(1)
      }
      return 'a secret'
    },
    { use: [jobs] },
  )
  const run = async (payload: string, options = {}) => {
    const job = await producer.enqueue('anything', payload, options)
    await job.result().catch(() => {})
    return job.id
  }
  const done = await run('secret')
  const put = await run('delay')
  const again = await run('again', { attempts: 2 })
  const failed = await run('fail')
  const { id: unreadable } = await producer.bullmq.add('a stranger', { secret: 'a secret' })
  await expect.poll(() => lines.map(({ message }) => message)).toContain('job quarantined')

  const told = (id: string | undefined, message: string) =>
    lines.filter((line) => line.fields['id'] === id && line.message === message)
  const job = { queue: 'people', job: 'anything' }
  const end = { ...job, ms: expect.any(Number), bytes: expect.any(Number) }
  // Not the first line always: a job may be enqueued before the worker's own connection is there.
  expect(lines).toContainEqual({ level: 'info', fields: { queue: 'people' }, message: 'worker connected' })
  expect(told(done, 'job enqueued')).toMatchObject([{ level: 'info', fields: { ...job, bytes: expect.any(Number) } }])
  expect(told(done, 'job taken')).toMatchObject([{ level: 'debug', fields: { ...job, attempt: 1 } }])
  expect(told(done, 'job completed')).toMatchObject([
    { level: 'info', fields: { ...end, attempt: 1, waitMs: expect.any(Number) } },
  ])
  expect(told(put, 'job put back')).toMatchObject([
    { level: 'info', fields: { ...end, attempt: 1, why: 'delay', forMs: 1 } },
  ])
  expect(told(put, 'job completed')).toHaveLength(1)
  expect(told(again, 'job failed, and is tried again')).toMatchObject([
    { level: 'error', fields: { ...end, attempt: 1, code: 'REDIS_UNREACHABLE' } },
  ])
  expect(told(again, 'job completed')).toMatchObject([{ fields: { attempt: 2 } }])
  expect(told(failed, 'job failed')).toMatchObject([
    { level: 'error', fields: { ...end, err: { type: 'TooYoung', message: 'Young is too young' } } },
  ])
  expect(told(unreadable, 'job quarantined')).toMatchObject([
    { level: 'error', fields: { queue: 'people', job: undefined, code: 'JOB_UNKNOWN' } },
  ])
  expect(lines).toHaveLength(1 + 3 + 5 + 5 + 3 + 1)
  expect(JSON.stringify(lines)).not.toContain('a secret')
})

// What Redis holds of it.
const sealed = expect.stringContaining('what was thrown is sealed')

test.each([
  ['unsealed', undefined, 'not found', 'Ann is too young'],
  ['signed', 'sign', 'not found', 'Ann is too young'],
  ['encrypted', 'encrypt', sealed, 'Ann is too young'],
] as const)('has the class of errors, and their messages as far as these may be printed: %s', async (...row) => {
  const [, mode, ofUnknown, ofModel] = row
  const contract = defineQueue('people', {
    ...{ prefix: freshPrefix(), models: [person, tooYoung, cardRefused], jobs: peopleJobs },
    ...(mode && { keys: newKey({ mode }) }),
  })
  const { lines, logger } = recorder()
  const producer = openProducer(contract)
  const errors = [new TypeError('not found'), new TooYoung(new Person('Ann', 7)), new CardRefused('4111-0000')]
  openWorker(contract, (payload) => Promise.reject(errors[Number(payload)]), { use: [logging(logger).jobs] })
  for (const at of errors.keys()) await rejection((await producer.enqueue('anything', at)).result())
  const errs = () => lines.flatMap(({ message, fields }) => (message === 'job failed' ? [fields['err']] : []))
  await expect.poll(() => errs().length).toBe(errors.length)
  expect(errs()).toMatchObject([
    { type: 'TypeError', message: ofUnknown },
    { type: 'TooYoung', message: ofModel, stack: expect.stringContaining(ofModel) },
    { type: 'CardRefused', message: '[hidden]' },
  ])
  expect(JSON.stringify(lines)).not.toContain('4111-0000')
})

test('leaves out what an error without a model says where texts are encrypted, and tells of a worker in trouble', async () => {
  const keys = newKey({ mode: 'encrypt' })
  const contract = defineQueue('people', { prefix: freshPrefix(), keys, models: [person, tooYoung], jobs: peopleJobs })
  const { lines, logger } = recorder()
  const warnings: string[] = []
  const warning = { ...logger, warn: (_fields: object, message: string) => warnings.push(message) }
  const producer = openProducer(contract)
  openWorker(
    contract,
    (_payload, { attempt }) => {
      throw new Error(`a secret of attempt ${attempt}`)
    },
    { use: [logging(warning).jobs] },
  )
  await rejection((await producer.enqueue('anything', {}, { attempts: 2 })).result())
  expect(lines.map(({ message }) => message)).toContain('job failed')
  expect(warnings).toEqual(['job failed, and is tried again'])
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

test("has the class where pino's own serializer has it, also when somebody replaces that", async () => {
  const contract = defineQueue('people', {
    prefix: freshPrefix(),
    models: [person, tooYoung, cardRefused],
    jobs: peopleJobs,
  })
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const named = pino({ serializers: { err: ({ name, message }: Error) => ({ name, message }) } }, stream)
  const producer = openProducer(contract)
  const errors = [new TooYoung(new Person('Ann', 7)), new CardRefused('4111-0000'), 'no error']
  const throws = (payload: unknown) => Promise.reject(errors[Number(payload)])
  openWorker(contract, throws, { use: [logging(pino({}, stream)).jobs, logging(named).jobs] })
  for (const at of errors.keys()) await rejection((await producer.enqueue('anything', at)).result())
  const errs = () => lines.map((line) => JSON.parse(line)).flatMap(({ err }) => (err ? [err] : []))
  await expect.poll(() => errs().length).toBe(2 * errors.length)
  expect(errs()).toMatchObject([
    { type: 'TooYoung', message: 'Ann is too young', stack: expect.stringContaining('Ann is too young') },
    { name: 'TooYoung', message: 'Ann is too young' },
    { type: 'CardRefused', message: '[hidden]' },
    { name: 'CardRefused', message: '[hidden]' },
    { type: 'string' },
    { name: 'string' },
  ])
  expect(lines.join()).not.toContain('4111-0000')
})
