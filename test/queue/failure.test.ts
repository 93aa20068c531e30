import { BrineError } from 'brinemq'
import { UnrecoverableError } from 'bullmq'
import { describe, expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { openProducer, openWorker, Person, peopleQueue, rejection, TooYoung } from './people.ts'

const ada = new Person('Ada', 7)

class Unregistered extends Error {
  override readonly name = 'Unregistered'
  readonly code = 'E_ODD'
  readonly helper = () => 1
}

/** What a job that throws `thrown` rejects with, whether its hash is kept or not. */
async function thrownBy(thrown: unknown, removeOnFail: boolean): Promise<unknown> {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1, { removeOnFail })
  openWorker(contract, () => {
    throw thrown
  })
  return rejection(job.result())
}

function rejectionOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe.each([
  ['whose hash is kept', false],
  ['of which nothing is kept', true],
])('a failed job %s', (_title, removeOnFail) => {
  test("rejects with the handler's error as its class, cause included", async () => {
    const error = await thrownBy(new TooYoung(ada, { cause: new RangeError('7 < 18') }), removeOnFail)
    expect(error).toBeInstanceOf(TooYoung)
    expect(error).toMatchObject({ message: 'Ada is too young', person: ada })
    expect((error as TooYoung).cause).toBeInstanceOf(RangeError)
  })

  test('rejects with a built-in error as its class, own fields included', async () => {
    const error = await thrownBy(Object.assign(new TypeError('no'), { status: 404n }), removeOnFail)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'no', status: 404n })
  })

  test.each([['a text'], [undefined], [null], [0], [{ code: 1 }]])(
    'rejects with %o, which is no error',
    async (thrown) => {
      expect(await thrownBy(thrown, removeOnFail)).toEqual(thrown)
    },
  )

  test('rejects with a plain error of the same name when the class is not registered', async () => {
    const error = await thrownBy(new Unregistered('odd', { cause: new TooYoung(ada) }), removeOnFail)
    expect(error).toMatchObject({ name: 'Unregistered', message: 'odd', code: 'E_ODD' })
    expect((error as Error).cause).toBeInstanceOf(TooYoung)
  })

  test("rejects with the built-in error that an unregistered class extends, as those of Node's own modules do", async () => {
    class Odd extends AggregateError {}
    const thrown = new Odd([new TooYoung(ada), new Unregistered('odd'), () => 1], 'many')
    const error = await thrownBy(thrown, removeOnFail)
    expect(error).toBeInstanceOf(AggregateError)
    expect((error as AggregateError).errors).toMatchObject([{ person: ada }, { name: 'Unregistered' }, undefined])
    expect(error).toHaveProperty('omitted', ['$.errors[2]', '$.errors[1].helper'])
    const ofNode = await thrownBy(
      rejectionOf(() => Buffer.alloc(Number('x'))),
      removeOnFail,
    )
    expect(ofNode).toBeInstanceOf(RangeError)
    expect(ofNode).toMatchObject({ code: 'ERR_OUT_OF_RANGE' })
  })

  test('rejects with JOB_FAILED when what was thrown cannot travel at all', async () => {
    expect(await thrownBy(() => 'secret', removeOnFail)).toMatchObject({ code: 'JOB_FAILED' })
  })

  test('rejects with a message that is cut when the error is over the limits', async () => {
    const error = await thrownBy(Object.assign(new RangeError('x'.repeat(2_000_000)), { code: 'E_LONG' }), removeOnFail)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ code: 'E_LONG', omitted: ['$.message'], message: expect.stringMatching(/^x+…$/) })
  })
})

test('survives a thrown proxy and an error whose message throws', async () => {
  const proxy = new Proxy(new Error('x'), {
    get() {
      throw new Error('trap')
    },
    getPrototypeOf() {
      throw new Error('trap')
    },
  })
  expect(await thrownBy(proxy, false)).toMatchObject({ code: 'JOB_FAILED' })
  const error = new Error('x')
  Object.defineProperty(error, 'message', {
    get() {
      throw new Error('getter')
    },
  })
  expect(await thrownBy(error, false)).toBeInstanceOf(Error)
})

test("keeps the handler's message and stack where every BullMQ tool looks", async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  openWorker(contract, () => {
    throw new TypeError('no')
  })
  await rejection(job.result())
  const stored = await producer.bullmq.getJob(job.id)
  expect(stored?.failedReason).toBe('no')
  expect(stored?.stacktrace?.[0]).toContain('failure.test.ts')
})

test('rejects with JOB_FAILED when another library failed the job', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', 1)
  openWorker(contract, () => {
    throw new Error('for a reason')
  })
  await rejection(job.result())
  await openClient().hdel(`${contract.prefix}:people:${job.id}`, 'brine:error')
  const error = await rejection(job.result())
  expect(error).toMatchObject({ code: 'JOB_FAILED', job: 'anything' })
  expect(String(error)).toContain('for a reason')
})

test('tries again as often as attempts say, and tells which attempt it is', async () => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1, { attempts: 3 })
  const seen: [number, number][] = []
  openWorker(contract, (_payload, { attempt, maxAttempts }) => {
    seen.push([attempt, maxAttempts])
    if (attempt < 3) throw new Error('again')
    return attempt
  })
  expect(await job.result()).toBe(3)
  expect(seen).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ])
})

test.each([
  ["BullMQ's UnrecoverableError", () => new UnrecoverableError('never')],
  ['an error of that name', () => Object.assign(new Error('never'), { name: 'UnrecoverableError' })],
  ['a BrineError that cannot end otherwise', () => new BrineError('TEXT_INVALID', 'never')],
])('does not try again after %s', async (_title, make) => {
  const contract = peopleQueue()
  const job = await openProducer(contract).enqueue('anything', 1, { attempts: 3 })
  let runs = 0
  openWorker(contract, () => {
    runs += 1
    throw make()
  })
  expect(String(await rejection(job.result()))).toContain('never')
  expect(runs).toBe(1)
})

test('treats errors that are named like those that steer BullMQ as errors', async () => {
  for (const name of ['DelayedError', 'WaitingError', 'WaitingChildrenError']) {
    expect(await thrownBy(Object.assign(new Error(name), { name }), false)).toMatchObject({ name, message: name })
  }
})

test("asks the user's backoff strategy with the error that was thrown, and does not need one", async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const asked: unknown[] = []
  const told: unknown[] = []
  const options = { attempts: 2, backoff: { type: 'mine' } }
  const fail = () => {
    throw new TooYoung(ada)
  }
  const worker = openWorker(contract, fail, { onError: (error) => told.push(error) })
  await rejection((await producer.enqueue('anything', 1, options)).result())
  expect(told[0]).toMatchObject({ code: 'OPTIONS_INVALID' })
  await worker.close()
  const settings = { backoffStrategy: (_made: number, _type: unknown, error: unknown) => asked.push(error) }
  openWorker(contract, fail, { settings })
  await rejection((await producer.enqueue('anything', 1, options)).result())
  expect(asked[0]).toBeInstanceOf(TooYoung)
})
