// Handlers that burn the processor, and middlewares: npx tsx producers/factor.ts, with workers/factor.ts in another terminal.
import './say-errors.ts'
import { BrineError, createProducer, type EnqueueMiddleware } from 'brinemq'
import { numbers } from '../jobs/factor.ts'

// Tells the worker for whom each job is.
const tenancy: EnqueueMiddleware = (_job, next) => next({ telemetry: { metadata: 'Acme' } })

const producer = createProducer(numbers, { connection: process.env['REDIS_URL'], use: [tenancy] })

const long = await producer.enqueue('factor', 1_000_003n * 999_983n)
const short = await producer.enqueue('greet', 'Ada')
const first = await Promise.race([long.result().then(() => 'factor'), short.result().then(() => 'greet')])
console.log(`  answered first   ${first}: ${await short.result()}`)
const { factors, inThread } = await long.result()
console.log(`  from a thread    ${factors} (${inThread ? 'elsewhere' : 'at home'})`)

for (const number of [1n, 666n]) {
  const job = await producer.enqueue('factor', number)
  const error = await job.result().catch((reason: unknown) => reason)
  if (error instanceof BrineError) console.log(`  a thread died    ${error.code}`)
  else if (error instanceof RangeError) console.log(`  as its class     ${error.name}: ${error.message}`)
}
const again = await producer.enqueue('factor', 2n ** 5n * 3n)
console.log(`  and a new one    ${(await again.result()).factors}`)
await producer.close()
