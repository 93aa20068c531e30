import type { Telemetry as BullTelemetry } from 'bullmq'

type Span = ReturnType<BullTelemetry['tracer']['startSpan']>
type Attributes = Parameters<Span['setAttributes']>[0]

// What BullMQ puts there beside names, ids, counts and times: results, progress, messages of errors, and options, which hold
// what the user gave.
const withheld: ReadonlySet<string> = new Set([
  ...['bullmq.job.result', 'bullmq.job.failed.reason', 'bullmq.job.progress', 'bullmq.job.options'],
  ...['bullmq.queue.options', 'bullmq.worker.options', 'bullmq.worker.failed.jobs', 'bullmq.job.deduplication.key'],
])

/** A telemetry of BullMQ's whose spans never hold what jobs do: attributes of theirs are left out, and of errors all but the name. */
export function filterSpans<Context>(inner: BullTelemetry<Context>): BullTelemetry<Context> {
  const { tracer } = inner
  return {
    contextManager: inner.contextManager,
    ...(inner.meter && { meter: inner.meter }),
    tracer: { startSpan: (...given) => filterSpan(tracer.startSpan(...given)) },
  }
}

function filterSpan(span: Span): Span {
  return {
    setSpanOnContext: (context) => span.setSpanOnContext(context),
    setAttribute(name, value) {
      if (!withheld.has(name)) span.setAttribute(name, value)
    },
    setAttributes: (attributes) => span.setAttributes(without(attributes)),
    addEvent: (name, attributes) => span.addEvent(name, attributes && without(attributes)),
    recordException(exception, time) {
      // Its message and stack are the handler's words.
      const name: unknown = typeof exception === 'string' ? 'Error' : Reflect.get(exception, 'name')
      const told = { name: typeof name === 'string' && /^\w{1,100}$/.test(name) ? name : 'Error', message: hidden }
      span.recordException(told, time)
    },
    end: () => span.end(),
  }
}

const hidden = 'what it says is not traced: see the job'

function without(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !withheld.has(name)))
}
