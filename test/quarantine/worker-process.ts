// A worker in a process of its own, for crash.test.ts, which kills it.
import { createWorker, defineQueue } from 'brinemq'
import { z } from 'zod'

const { REDIS_URL: connection = '', PREFIX: prefix = '' } = process.env
const contract = defineQueue('people', { prefix, jobs: { anything: { payload: z.unknown() } } })

createWorker(contract, {
  connection,
  concurrency: 10,
  // What it held when it was killed belongs to nobody until then.
  lockDuration: 1_000,
  stalledInterval: 300,
  maxStalledCount: 20,
  skewTimeoutMs: 0,
  handlers: { anything: (payload) => payload },
})
console.log('begins')
