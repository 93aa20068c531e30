import { startEmbedded } from 'brinemq/embedded'
import { expect, test } from 'vitest'
import { startProgram } from '../program.ts'

test('invoice shares a queue between BrineMQ and bare BullMQ, as docs/migration.md says', {
  timeout: 60_000,
}, async () => {
  const redis = await startEmbedded()
  const env = { REDIS_URL: redis.url }
  const worker = startProgram('workers/invoice.ts', [], { env })
  await worker.said(`worker ${worker.pid} `)
  const producer = startProgram('producers/invoice.ts', [], { env })
  expect(await producer.ended).toBe(0)
  expect(producer.out).toBe(`  bare BullMQ   Ada owes 19.99 EUR by 2027-01-31, paid 19.99 EUR
  BrineMQ       John owes 0.05 EUR by 2027-02-28, paid 0.05 EUR
  as JSON       ["(to,total:(|money@1(cents:n,currency)|(cents,currency)),due:(|d|*))",["John",0,5,"EUR",0,1803772800000]]
  refused       PAYLOAD_INVALID send $.total
`)
  worker.child.kill('SIGTERM')
  await worker.ended
  for (const program of [producer, worker]) expect(program.err).toBe('')
  await redis.close()
})
