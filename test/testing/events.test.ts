import type { Producer, WorkerOptions } from 'brinemq'
import { createInline, type Inline } from 'brinemq/testing'
import { describe, expect, test } from 'vitest'
import { openProducer, openWorker, type People, Person, peopleQueue, rejection, TooYoung } from '../queue/people.ts'

const ada = new Person('Ada', 7)

const handle: WorkerOptions<People>['handlers']['anything'] = async (payload, { progress, attempt, delay, signal }) => {
  if (payload === 'report') await Reflect.apply(progress, undefined, [ada])
  if (payload === 'fail') throw new TooYoung(ada)
  if (payload === 'fail once' && attempt === 1) throw new Error('once')
  if (payload === 'put off' && put++ === 0) throw delay(5)
  if (payload === 'wait') await new Promise((resolve) => signal.addEventListener('abort', resolve))
  return payload
}
let put = 0

/** The events of a queue until the job `last` has completed, as far as they are the same in every run. */
async function eventsOf(producer: Producer<People>): Promise<unknown[]> {
  const told: unknown[] = []
  for await (const { position, at, ...event } of producer.events({ after: '0' })) {
    expect([typeof position, at]).toEqual(['string', expect.any(Date)])
    if (event.type === 'delayed') expect(event.until).toBeInstanceOf(Date)
    told.push(event.type === 'delayed' ? { ...event, until: undefined } : event)
    if (event.type === 'completed' && event.id === 'last') return told
  }
  return told
}

type Scenario = (producer: Producer<People>, inline: Inline<People> | undefined) => Promise<unknown>

const scenarios: [title: string, scenario: Scenario][] = [
  ['results and progress', async (producer) => (await producer.enqueue('anything', 'report', { jobId: 'a' })).result()],
  [
    'errors, as their classes, and the end of attempts',
    async (producer) => {
      const job = await producer.enqueue('anything', 'fail', { jobId: 'a', attempts: 2 })
      await rejection(job.result())
      await rejection((await producer.enqueue('anything', 'fail', { jobId: 'b', removeOnFail: true })).result())
    },
  ],
  [
    'attempts after a time, and jobs put off',
    async (producer, inline) => {
      const job = await producer.enqueue('anything', 'fail once', { jobId: 'a', attempts: 2, backoff: 5 })
      await inline?.clock.advance(5)
      await job.result()
      put = 0
      const off = await producer.enqueue('anything', 'put off', { jobId: 'b' })
      await inline?.clock.advance(5)
      await off.result()
    },
  ],
  [
    'jobs that wait: ids that exist, deduplication, removal, cancelling, pausing and promoting',
    async (producer) => {
      const delay = 60_000
      await producer.control.pause()
      await producer.enqueue('anything', 1, { jobId: 'a' })
      await producer.enqueue('anything', 2, { jobId: 'a' })
      await producer.enqueue('anything', 1, { jobId: 'b', delay, deduplication: { id: 'x', replace: true } })
      await producer.enqueue('anything', 2, { jobId: 'c', delay, deduplication: { id: 'x', replace: true } })
      await producer.enqueue('anything', 3, { jobId: 'd', priority: 2, deduplication: { id: 'y' } })
      await producer.enqueue('anything', 4, { jobId: 'e', deduplication: { id: 'y' } })
      await producer.job('anything', 'c').promote()
      await producer.job('anything', 'd').cancel('x')
      await producer.job('anything', 'c').remove()
      await producer.control.resume()
      await producer.job('anything', 'a').result()
    },
  ],
  [
    'a job that is tried anew',
    async (producer) => {
      const job = await producer.enqueue('anything', 'fail', { jobId: 'a' })
      await rejection(job.result())
      await job.retry()
      await rejection(job.result())
    },
  ],
  [
    'jobs that are cleaned away',
    async (producer) => {
      for (const id of ['a', 'b']) await (await producer.enqueue('anything', 1, { jobId: id })).result()
      expect(await producer.control.clean('completed')).toEqual(['a', 'b'])
    },
  ],
]

describe('events in memory are those of Redis', () => {
  test.each(scenarios)('%s', async (_title, scenario) => {
    const inline = createInline(peopleQueue(), {
      handlers: { anything: handle, greet: () => ({ text: '', greetedAt: new Date(1), friends: [] }) },
    })
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const worker = openWorker(contract, handle)
    await worker.waitUntilReady()
    const told: unknown[][] = []
    for (const [one, memory] of [[inline, inline] as const, [producer, undefined] as const]) {
      await scenario(one, memory)
      await (await one.enqueue('anything', 'last', { jobId: 'last' })).result()
      told.push(await eventsOf(one))
    }
    // When a worker finds nothing to take is up to its pace.
    const [inMemory, inRedis] = told.map((all) => all.filter((event) => !hasType(event, 'drained')))
    expect(inMemory).toEqual(inRedis)
  })
})

function hasType(event: unknown, type: string): boolean {
  return typeof event === 'object' && event !== null && Reflect.get(event, 'type') === type
}

test('events in memory are resumed from a position, begin at the call, and end with the producer or a signal', async () => {
  const inline = createInline(peopleQueue(), {
    handlers: { anything: handle, greet: () => ({ text: '', greetedAt: new Date(1), friends: [] }) },
  })
  await inline.enqueue('anything', 1, { jobId: 'a' })
  const fromNow = inline.events()
  const seen: unknown[] = []
  const positions: string[] = []
  const reading = (async () => {
    for await (const { type, id, position } of fromNow) {
      seen.push([type, id])
      positions.push(position)
    }
  })()
  await inline.enqueue('anything', 2, { jobId: 'b' })
  const controller = new AbortController()
  for await (const { type, id } of inline.events({ after: '0', signal: controller.signal })) {
    expect([type, id]).toEqual(['enqueued', 'a'])
    break
  }
  const aborted = rejection(inline.events({ signal: controller.signal }).next())
  controller.abort(new RangeError('enough'))
  expect(await aborted).toBeInstanceOf(RangeError)
  const resumed = await inline.events({ after: positions[1] ?? '' }).next()
  expect(resumed.value).toMatchObject({ type: 'active', id: 'b' })
  await inline.close()
  await reading
  const steps = ['enqueued', 'waiting', 'active', 'completed'].map((type) => [type, 'b'])
  expect(seen).toEqual([...steps, ['drained', undefined]])
  expect(() => inline.events()).toThrow('CLOSED')
})
