// Deploys schedules in a process of its own, for reconcile.test.ts, and prints what came of it.
import { createProducer, defineQueue } from 'brinemq'
import { z } from 'zod'

const { REDIS_URL: connection = '', PREFIX: prefix = '', COUNT: count } = process.env
const schedules = Object.fromEntries(
  Array.from({ length: Number(count) }, (_, n) => [
    `s${n}`,
    { job: 'count' as const, payload: { n }, repeat: { pattern: '0 0 1 1 *' } },
  ]),
)
const contract = defineQueue('counts', { prefix, jobs: { count: { payload: z.object({ n: z.number() }) } }, schedules })
const producer = createProducer(contract, { connection })
const { added, changed, removed } = await producer.schedules.reconcile()
console.log(added.length, changed.length, removed.length)
await producer.close()
