// Reminds until Ctrl-C: npx tsx workers/remind.ts, with a Redis at REDIS_URL (default redis://127.0.0.1:6379). When it
// starts it brings Redis into line with the schedules of the contract.
import { createWorker } from 'brinemq'
import { reminders } from '../jobs/remind.ts'

const worker = createWorker(reminders, {
  connection: process.env['REDIS_URL'],
  handlers: { remind: (reminder) => reminder.say() },
})
await worker.waitUntilReady()
console.log(`worker ${process.pid} reminds`)
