import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { createTelemetry } from 'brinemq/telemetry'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openProducer, openWorker, Person, peopleQueue, rejection } from '../queue/people.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
trace.setGlobalTracerProvider(provider)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
// W3C's own is in a package of its own; this is its header.
propagation.setGlobalPropagator({
  fields: () => ['traceparent'],
  inject(active, carrier, setter) {
    const span = trace.getSpanContext(active)
    if (span) setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-01`)
  },
  extract(active, carrier, getter) {
    const [, traceId = '', spanId = ''] = String(getter.get(carrier, 'traceparent')).split('-')
    return trace.setSpanContext(active, { traceId, spanId, traceFlags: 1, isRemote: true })
  },
})
afterAll(() => provider.shutdown())
beforeEach(() => exporter.reset())

const finished = (start: string) => exporter.getFinishedSpans().filter(({ name }) => name.startsWith(start))
const secret = 'planted-secret'

/** All that a span tells. */
function textOf({ name, attributes, events, status, resource, links }: ReadableSpan): string {
  return JSON.stringify([name, attributes, events, status, resource.attributes, links])
}

test('follows a job from its enqueue to its handler and its result, in one trace, and tells nothing that it holds', async () => {
  const contract = peopleQueue()
  const { telemetry, jobs, enqueues } = createTelemetry()
  const producer = openProducer(contract, { telemetry, use: [enqueues] })
  const worker = openWorker(
    contract,
    async (payload, { progress, attempt }) => {
      await progress({ secret, payload })
      if (payload === `${secret} fails`) throw new RangeError(`${secret} of attempt ${attempt}`)
      return { secret, payload }
    },
    { telemetry, use: [jobs] },
  )
  const greeting = await producer.enqueue('greet', { person: new Person(secret, 20), at: new Date() })
  await greeting.result()
  const [bulk] = await producer.enqueueBulk([{ name: 'anything', payload: secret }])
  await bulk.result()
  const failing = await producer.enqueue('anything', `${secret} fails`, {
    attempts: 2,
    deduplication: { id: secret },
  })
  await rejection(failing.result())
  await worker.close()
  await producer.close()

  const [enqueue] = finished('enqueue greet')
  const about = {
    'brinemq.queue': 'people',
    'brinemq.job.name': 'greet',
    'brinemq.job.id': greeting.id,
    'brinemq.job.version': 1,
  }
  expect(enqueue?.attributes).toEqual({ ...about, 'brinemq.payload.bytes': expect.any(Number) })
  const traceId = enqueue?.spanContext().traceId
  const ofTrace = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId)
  const chain = ['enqueue greet', 'add people.greet', 'process people', 'handle greet']
  let parent: ReadableSpan | undefined
  for (const name of chain) {
    const [span] = ofTrace.filter((one) => one.name === name)
    expect(span?.parentSpanContext?.spanId, name).toBe(parent?.spanContext().spanId)
    parent = span
  }
  expect(ofTrace.find(({ name }) => name === 'handle greet')?.attributes).toEqual({
    ...about,
    'brinemq.job.attempt': 1,
  })
  const processed = ofTrace.find(({ name }) => name === 'process people')
  expect(processed?.events.map(({ name }) => name)).toEqual(['job completed'])
  const stored = ofTrace.find(({ name }) => name.startsWith('complete'))
  expect(stored?.parentSpanContext?.spanId).toBe(processed?.spanContext().spanId)
  const results = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('result '))
  expect(results.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
    ['result greet', undefined],
    ['result anything', undefined],
    ['result anything', 'RangeError'],
  ])
  expect(results[0]?.attributes).toEqual(about)
  expect(results[0]?.parentSpanContext?.spanId).toBe(enqueue?.spanContext().spanId)

  expect(finished('handle anything').map(({ attributes }) => attributes['error.type'])).toEqual([
    undefined,
    'RangeError',
    'RangeError',
  ])
  expect(exporter.getFinishedSpans().length).toBeGreaterThan(15)
  for (const span of exporter.getFinishedSpans()) expect(textOf(span)).not.toContain(secret)
})

test('refuses options that it does not know', () => {
  expect(() => Reflect.apply(createTelemetry, undefined, [{ name: 'x' }])).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'name' }),
  )
})
