// What goes wrong, and where one hears of it: npx tsx producers/refuse.ts, with workers/greet.ts in another terminal.
import './say-errors.ts'
import { BrineError, createProducer } from 'brinemq'
import { Redis } from 'ioredis'
import { Person, people } from '../jobs/greet.ts'

const connection = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const producer = createProducer(people, { connection })
const at = new Date()

// A bad payload does not reach Redis. The compiler refuses the second one too: it stands for what comes from outside.
for (const payload of [
  { person: new Person('Jane', -1), at },
  { person: { name: 'Jane', age: 20 } as Person, at },
]) {
  const refusal = await producer.enqueue('greet', payload).catch((error: unknown) => error)
  if (!(refusal instanceof BrineError)) throw new Error('a bad payload was enqueued')
  console.log(`  refused at enqueue   ${refusal.path}`)
  console.log(`                       ${refusal.message}`)
}

// Three jobs, the second of them corrupted in Redis before a worker takes it.
const jobs = await producer.enqueueBulk(
  ['Ann', 'Bob', 'Cleo'].map((name) => ({
    name: 'greet',
    payload: { person: new Person(name, 30), at },
    options: { delay: 1000, attempts: 3 },
  })),
)
const [, corrupted] = jobs
const redis = new Redis(connection)
await redis.hset(producer.bullmq.toKey(`${corrupted?.id}`), 'data', '{"brine":1,"bo')
redis.disconnect()

const outcomes = await Promise.allSettled(jobs.map((job) => job.result({ timeoutMs: 30_000 })))
for (const outcome of outcomes) {
  if (outcome.status === 'fulfilled') console.log(`  went on              ${outcome.value.text}`)
  else console.log(`  in quarantine        ${outcome.reason.message}`)
}
// It is kept as it is, for whoever mends it: `producer.quarantine.replay` would put it back. This one nobody wants, but to be seen.
if (corrupted && !process.argv.includes('--keep')) await producer.quarantine.discard(corrupted.id)
await producer.close()
const verdicts = outcomes.map(({ status }) => status).join()
if (verdicts !== 'fulfilled,rejected,fulfilled') process.exitCode = 1
