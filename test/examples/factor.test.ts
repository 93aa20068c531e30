import { startEmbedded } from 'brinemq/embedded'
import { expect, test } from 'vitest'
import { startProgram } from '../program.ts'

test('factor runs a handler in threads, and leaves none behind, with middlewares for tenants and logs', {
  timeout: 60_000,
}, async () => {
  const redis = await startEmbedded()
  const env = { REDIS_URL: redis.url }
  const worker = startProgram('workers/factor.ts', [], { env })
  await worker.said(`worker ${worker.pid} `)
  const producer = startProgram('producers/factor.ts', [], { env })
  expect(await producer.ended).toBe(0)
  expect(producer.out).toBe(`  answered first   greet: Hello Ada, of Acme
  from a thread    999985999949 = 999983 × 1000003 (elsewhere)
  as its class     RangeError: 1 is made of no primes
  a thread died    SANDBOX_DIED
  and a new one    96 = 2 × 2 × 2 × 2 × 2 × 3
`)
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(128 + 15)
  expect(worker.out.split('\n').slice(0, -1)).toEqual([
    '  worker connected',
    `worker ${worker.pid} factors numbers`,
    '  job completed: greet, attempt 1',
    '  job completed: factor, attempt 1',
    '  job failed: factor, 1 is made of no primes',
    '  job failed: factor, SANDBOX_DIED',
    '  job completed: factor, attempt 1',
  ])
  for (const program of [producer, worker]) {
    expect(program.err).toBe('')
    await program.leftNothing()
  }
  await redis.close()
})
