// Compiled by `npm run types`, never run: what must and what must not compile of metrics, traces, logs and health.

import { createServer } from 'node:http'
import { createProducer, createWorker, defineQueue, logging } from 'brinemq'
import { serveHealth } from 'brinemq/health'
import { createMetrics } from 'brinemq/metrics'
import { createTelemetry } from 'brinemq/telemetry'
import { pino } from 'pino'
import { z } from 'zod'

const people = defineQueue('people', { jobs: { wave: { payload: z.string() } } })
const handlers = { wave: () => undefined }

export async function watch(): Promise<void> {
  const metrics = createMetrics({ queues: [people], timeoutMs: 100 })
  const { telemetry, jobs, enqueues } = createTelemetry({ tracerName: 'mine' })
  const logs = logging(pino())
  logging(console)
  const worker = createWorker(people, { handlers, telemetry, use: [metrics.jobs, jobs, logs.jobs] })
  createProducer(people, { telemetry, use: [metrics.enqueues, enqueues, logs.enqueues] })
  createServer(metrics.handle)
  const health = await serveHealth({ workers: [worker], port: 0, metrics })
  await serveHealth({ workers: () => new Set([worker]), port: 0 })
  health.url satisfies string
  worker.health().isStuck satisfies boolean
  ;(await metrics.scrape()) satisfies string

  // @ts-expect-error a contract, and not its name
  createMetrics({ queues: ['people'] })
  // @ts-expect-error its unit is in its name
  createMetrics({ timeout: 100 })
  // @ts-expect-error no option of this name
  createTelemetry({ tracer: 'mine' })
  // @ts-expect-error what is for workers is not for producers
  createProducer(people, { use: [metrics.jobs] })
  // @ts-expect-error what is for producers is not for workers
  createWorker(people, { handlers, use: [enqueues] })
  // @ts-expect-error a port is a number
  await serveHealth({ workers: [worker], port: '9100' })
  // @ts-expect-error it cannot tell which workers
  await serveHealth({ port: 9100 })
  // @ts-expect-error a logger has levels
  logging({ log: () => {} })
  // @ts-expect-error how a worker is, is read only
  worker.health().isStuck = false
}
