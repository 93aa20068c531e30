import { expect, test } from 'vitest'
import { startEmbedded } from '../../src/embedded/index.ts'
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
  as JSON       [{"to":1,"total":2,"due":3},"John",["money@1",4],["Date","2027-02-28T00:00:00.000Z"],{"cents":5,"currency":6},["BigInt","5"],"EUR"]
  refused       PAYLOAD_INVALID send $.total
`)
  worker.child.kill('SIGTERM')
  await worker.ended
  for (const program of [producer, worker]) expect(program.err).toBe('')
  await redis.close()
})
