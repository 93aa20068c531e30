// Factors numbers until Ctrl-C: npx tsx workers/factor.ts, with a Redis at REDIS_URL (default redis://127.0.0.1:6379).
import { AsyncLocalStorage } from 'node:async_hooks'
import { createWorker, logging, type Middleware, sandboxed } from 'brinemq'
import { numbers } from '../jobs/factor.ts'

// Who the job is worked for, for everything that its handler calls.
const tenants = new AsyncLocalStorage<string>()
const tenancy: Middleware = (job, next) => tenants.run(job.metadata ?? 'nobody', next)

const { jobs: logged } = logging({
  debug() {},
  // What is of no job is of the worker itself: that it is connected.
  info: ({ job, attempt }, message) =>
    console.log(job === undefined ? `  ${message}` : `  ${message}: ${job}, attempt ${attempt}`),
  error: ({ queue, job = queue, err }, message) => console.log(`  ${message}: ${job}, ${err?.code ?? err?.message}`),
})

const worker = createWorker(numbers, {
  connection: process.env['REDIS_URL'],
  concurrency: 4,
  use: [logged, tenancy],
  handlers: {
    factor: sandboxed<typeof import('./factor-handler.ts')>(new URL('./factor-handler.ts', import.meta.url), {
      in: 'thread',
    }),
    greet: (name) => `Hello ${name}, of ${tenants.getStore()}`,
  },
})
await worker.waitUntilReady()
console.log(`worker ${process.pid} factors numbers`)
