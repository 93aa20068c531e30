// Two workers of one queue until Ctrl-C, one of BrineMQ's and one of bare BullMQ's, as in an app that moves: npx tsx
// workers/invoice.ts, with a Redis at REDIS_URL (default redis://127.0.0.1:6379).
import { createWorker, openJob } from 'brinemq'
import { Worker } from 'bullmq'
import { invoices, type Money } from '../jobs/invoice.ts'

const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'

const invoice = (to: string, total: Money, due: Date) => `${to} owes ${total} by ${due.toISOString().slice(0, 10)}`

const moved = createWorker(invoices, {
  connection: url,
  handlers: { send: ({ to, total, due }) => ({ line: invoice(to, total, due), paid: total }) },
})
await moved.waitUntilReady()

// What changes in a processor that stays for now: its first and its last line.
const plain = new Worker(
  invoices.name,
  async (job) => {
    const { payload, encodeResult } = await openJob(invoices, job)
    const { to, total, due } = payload
    return encodeResult({ line: invoice(to, total, due), paid: total })
  },
  { connection: { url, maxRetriesPerRequest: null } },
)
process.once('SIGTERM', () => plain.close())
process.once('SIGINT', () => plain.close())
await plain.waitUntilReady()
console.log(`worker ${process.pid} sends invoices`)
