// Greets people until Ctrl-C: npx tsx workers/greet.ts, with a Redis at REDIS_URL (default redis://127.0.0.1:6379).
import { createWorker } from 'brinemq'
import { people } from '../jobs/greet.ts'

const worker = createWorker(people, {
  connection: process.env['REDIS_URL'],
  concurrency: 20,
  handlers: {
    greet: async ({ person }) => ({ text: person.greet(), greetedAt: new Date(), by: process.pid }),
  },
})
worker.bullmq.once('ready', () => console.log(`worker ${process.pid} greets people`))
