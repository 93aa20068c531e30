import { createProducer, createWorker, sandboxed } from 'brinemq'
import { sums } from './sum-handler.js'

for (const where of ['thread', 'process'] as const) {
  const place = { connection: process.env['REDIS_URL'], prefix: `${process.env['PREFIX']}-${where}` }
  const worker = createWorker(sums, {
    ...place,
    handlers: {
      sum: sandboxed<typeof import('./sum-handler.js')>(new URL('./sum-handler.js', import.meta.url), { in: where }),
    },
  })
  const producer = createProducer(sums, place)
  const job = await producer.enqueue('sum', [1n, 2n ** 64n])
  const { sum, pid, thread } = await job.result({ timeoutMs: 20_000 })
  console.log(sum, pid === process.pid, thread)
  await Promise.all([producer.close(), worker.close()])
}
