// Digests files until Ctrl-C: npx tsx workers/digest.ts, in as many terminals as you like, with a Redis at REDIS_URL.
import { createWorker } from 'brinemq'
import { files } from '../jobs/digest.ts'

createWorker(files, {
  connection: process.env['REDIS_URL'],
  concurrency: 8,
  handlers: {
    digest: (file, { signal }) => file.digest(signal),
  },
})
console.log(`worker ${process.pid} digests files`)
