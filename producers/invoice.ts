// Two producers of one queue, one of BrineMQ's and one of bare BullMQ's, as in an app that moves: npx tsx
// producers/invoice.ts, with workers/invoice.ts in another terminal.
import './say-errors.ts'
import { once } from 'node:events'
import { createProducer, openReturnValue } from 'brinemq'
import { Queue, QueueEvents } from 'bullmq'
import { invoices, Money } from '../jobs/invoice.ts'

const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const connection = { url, maxRetriesPerRequest: null }

// As it was before: plain JSON, in which the date becomes a text.
const queue = new Queue(invoices.name, { connection })
const events = new QueueEvents(invoices.name, { connection, lastEventId: '0-0' })
const old = { to: 'Ada', total: { cents: 1999, currency: 'EUR' }, due: new Date('2027-01-31') }
const job = await queue.add('send', old)
const { line, paid } = await openReturnValue(invoices, 'send', await job.waitUntilFinished(events))
console.log(`  bare BullMQ   ${line}, paid ${paid}`)

// And after.
const producer = createProducer(invoices, { connection: url })
const moved = await producer.enqueue('send', { to: 'John', total: new Money(5n, 'EUR'), due: new Date('2027-02-28') })
const result = await moved.result()
console.log(`  BrineMQ       ${result.line}, paid ${result.paid}`)

// Its job is JSON too, for whoever looks.
const stored = await queue.getJob(moved.id)
console.log(`  as JSON       ${JSON.stringify(stored?.data.body)}`)

// What the schema refuses goes to quarantine, whoever sent it, and BullMQ's events tell of it.
const failed = once(events, 'failed')
await queue.add('send', { ...old, total: 1999 }, { attempts: 3 })
const refused: string = (await failed)[0].failedReason
console.log(`  refused       ${refused.slice(0, refused.indexOf(':'))}`)

await Promise.all([producer.close(), queue.close(), events.close()])
