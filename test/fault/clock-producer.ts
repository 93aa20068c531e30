// A producer whose clock is off. It adds jobs with a delay in all ways, and throws away what ended more than a minute ago.
import './shift-clock.ts'
import { createFlowProducer, createProducer, node } from 'brinemq'
import { ticks } from './clocks.ts'

const { REDIS_URL: connection, PREFIX: prefix } = process.env
const producer = createProducer(ticks, { connection, prefix })
const flows = createFlowProducer({ connection, prefix })
const payload = { failures: 0 }
// By the right clock.
const begunAt = Math.round(performance.timeOrigin + performance.now())
const delay = 1_000
// The first that is sent, by each of the ways.
const tree = await flows.add(
  node(ticks, 'tick', payload, { children: [node(ticks, 'tick', payload, { options: { delay } })] }),
)
const given = await producer.enqueue('tick', payload, { delay, jobId: 'given' })
const drawn = await producer.enqueue('tick', payload, { delay })
const bulk = await producer.enqueueBulk([{ name: 'tick', payload, options: { delay } }])
// Two that were to wait longer at first.
const deduplication = { id: 'one', reschedule: true }
await producer.enqueue('tick', payload, { delay: 60_000, deduplication })
const rescheduled = await producer.enqueue('tick', payload, { delay, deduplication })
const changed = await producer.enqueue('tick', payload, { delay: 60_000 })
await (await producer.bullmq.getJob(changed.id))?.changeDelay(delay)
const cleaned = await producer.control.clean('completed', { olderThanMs: 60_000 })
console.log(
  [begunAt, cleaned.join() || '-', ...[tree.job, given, drawn, ...bulk, rescheduled, changed].map(({ id }) => id)].join(
    ' ',
  ),
)
await Promise.all([producer.close(), flows.close()])
