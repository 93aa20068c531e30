// Digests files until Ctrl-C: npx tsx workers/digest.ts, in as many terminals as you like, with a Redis at REDIS_URL.
import { createWorker } from 'brinemq'
import { files } from '../jobs/digest.ts'

const worker = createWorker(files, {
  connection: process.env['REDIS_URL'],
  concurrency: 8,
  // A file that takes longer is given up at Ctrl-C, and its job goes back for another worker.
  graceMs: 2_000,
  handlers: {
    digest: async (file, { signal }) => ({ digest: await file.digest(signal), by: process.pid }),
  },
})
worker.bullmq.once('ready', () => console.log(`worker ${process.pid} digests files`))
