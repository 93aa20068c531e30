import { expect, test } from 'vitest'
import { gate, openProducer, openWorker, Person, peopleQueue, rejection, untyped } from './people.ts'

async function all<T>(outcomes: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const outcome of outcomes) found.push(outcome)
  return found
}

test('yields an outcome for every payload, with results and errors as their classes', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  openWorker(
    contract,
    (payload) => {
      if (payload === 3) throw new RangeError('three')
      return new Person('Ada', Number(payload))
    },
    { concurrency: 10 },
  )
  const outcomes = await all(producer.map('anything', [1, 2, 3, () => 4], { inFlight: 2 }))
  expect(outcomes.sort((a, b) => a.index - b.index)).toEqual([
    { index: 0, payload: 1, id: expect.any(String), status: 'completed', result: new Person('Ada', 1) },
    { index: 1, payload: 2, id: expect.any(String), status: 'completed', result: new Person('Ada', 2) },
    { index: 2, payload: 3, id: expect.any(String), status: 'failed', error: new RangeError('three') },
    {
      ...{ index: 3, payload: expect.any(Function), id: undefined, status: 'failed' },
      error: expect.objectContaining({ code: 'UNSUPPORTED_VALUE' }),
    },
  ])
})

test.each([
  ['an iterable', (count: () => void) => payloads(count)],
  ['an async iterable', (count: () => void) => slowPayloads(count)],
])('takes no more from %s than inFlight ahead of what was yielded, and enqueues many at a time', async (_title, of) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  openWorker(contract, (payload) => payload, { concurrency: 20 })
  let taken = 0
  let received = 0
  let most = 0
  const source = of(() => {
    taken += 1
    most = Math.max(most, taken - received)
  })
  const options = { removeOnComplete: true }
  for await (const outcome of producer.map('anything', source, { inFlight: 25, options })) {
    received += 1
    if (outcome.status === 'failed') throw outcome.error
  }
  expect(received).toBe(600)
  expect(most).toBeGreaterThan(10)
  expect(most).toBeLessThanOrEqual(25)
})

function* payloads(count: () => void): Generator<number> {
  for (let index = 0; index < 600; index += 1) {
    count()
    yield index
  }
}

async function* slowPayloads(count: () => void): AsyncGenerator<number> {
  for (const payload of payloads(count)) {
    if (payload % 50 === 0) await new Promise(setImmediate)
    yield payload
  }
}

test('takes nothing more while its consumer is busy', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const worker = openWorker(contract, (payload) => payload)
  let taken = 0
  const outcomes = producer.map(
    'anything',
    payloads(() => {
      taken += 1
    }),
    { inFlight: 3 },
  )
  await outcomes.next()
  const drained = new Promise((resolve) => worker.bullmq.on('drained', () => resolve(undefined)))
  await drained
  expect(taken).toBeLessThanOrEqual(4)
  await outcomes.return()
})

test('yields in the order of the payloads when it is asked to', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const second = gate()
  openWorker(
    contract,
    async (payload) => {
      if (payload === 0) await second.opened
      else second.open()
      return payload
    },
    { concurrency: 2 },
  )
  const outcomes = await all(producer.map('anything', [0, 1, 2, 3], { ordered: true }))
  expect(outcomes.map(({ index }) => index)).toEqual([0, 1, 2, 3])
})

test("closes its source when the loop is left, and yields the source's error after what it gave", async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  openWorker(contract, (payload) => payload)
  let closed = 0
  function* given() {
    try {
      yield 1
      yield 2
      throw new Error('no more')
    } finally {
      closed += 1
    }
  }
  for await (const _outcome of producer.map('anything', given(), { inFlight: 1 })) break
  expect(closed).toBe(1)
  const seen: unknown[] = []
  const run = async () => {
    for await (const { payload } of producer.map('anything', given())) seen.push(payload)
  }
  expect(await rejection(run())).toEqual(new Error('no more'))
  expect(seen).toEqual([1, 2])
})

test("ends with the signal's reason, and with CLOSED when the producer closes", async () => {
  const producer = openProducer()
  const controller = new AbortController()
  const aborted = rejection(all(producer.map('anything', [1, 2], { signal: controller.signal })))
  const unread = new Promise<never>(() => {})
  const never = {
    [Symbol.asyncIterator]: () => ({
      next: () => unread,
      return: async () => ({ done: true as const, value: undefined }),
    }),
  }
  const waiting = rejection(all(producer.map('anything', never, { signal: controller.signal })))
  controller.abort('enough')
  expect([await aborted, await waiting]).toEqual(['enough', 'enough'])
  const closed = rejection(all(producer.map('anything', [1, 2])))
  while ((await producer.bullmq.getWaitingCount()) < 2) await new Promise(setImmediate)
  await producer.close()
  expect(await closed).toMatchObject({ code: 'CLOSED' })
})

test('tells of late jobs as outcomes, and passes options on to each job', async () => {
  const producer = openProducer()
  const outcomes = await all(
    producer.map('anything', [1, 2], { timeoutMs: 10, options: (_payload, index) => ({ jobId: `job-${index}` }) }),
  )
  expect(outcomes.map(({ id }) => id).sort()).toEqual(['job-0', 'job-1'])
  expect(outcomes[0]).toMatchObject({ status: 'failed', error: { code: 'RESULT_TIMEOUT' } })
})

test.each([
  ['a job that is not there', ['nobody', []], 'JOB_UNKNOWN'],
  ['an inFlight that is none', ['anything', [], { inFlight: 0 }], 'OPTIONS_INVALID'],
])('refuses %s at once', (_title, given, code) => {
  const { map } = openProducer()
  expect(() => untyped(map)(...given)).toThrowError(expect.objectContaining({ code }))
})

test.each([5, undefined, {}])('refuses %s as a source', (source) => {
  const producer = openProducer()
  expect(() => untyped(producer.map)('anything', source)).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'payloads' }),
  )
})
