// A producer whose clock is off. It adds a job with a delay, and throws away what ended more than a minute ago.
import './shift-clock.ts'
import { createProducer } from 'brinemq'
import { ticks } from './clocks.ts'

const { REDIS_URL: connection, PREFIX: prefix } = process.env
const producer = createProducer(ticks, { connection, prefix })
const job = await producer.enqueue('tick', { failures: 0 }, { delay: 1_000 })
const cleaned = await producer.control.clean('completed', { olderThanMs: 60_000 })
console.log(`${job.id} ${cleaned.length}`)
await producer.close()
