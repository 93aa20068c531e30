// Looks at a queue by `brinemq/monitor`, with the types of its contract.
import { createProducer } from 'brinemq'
import { serveHealth } from 'brinemq/health'
import { createMonitor } from 'brinemq/monitor'
import { numbers } from './config.js'

const connection = process.env['REDIS_URL'] ?? ''
const producer = createProducer(numbers, { connection })
await producer.enqueue('double', 21n)
const monitor = createMonitor(numbers, { connection })
const { jobs } = await monitor.queue(numbers).jobs('waiting')
for (const { name, payload } of jobs) {
  if (name === undefined || payload.unreadable) continue
  const number: bigint = payload.value
  console.log(number)
}
await monitor.close()
const health = await serveHealth({ workers: [], port: 0 })
console.log((await fetch(`${health.url}/healthz`)).status)
await health.close()
await producer.close()
