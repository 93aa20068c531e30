import type { IncomingMessage, ServerResponse } from 'node:http'
import { Registry } from 'prom-client'
import type { ConnectionInput } from '../connection/connection.ts'
import { checkContract, type QueueContract } from '../contract/contract.ts'
import { disposable } from '../disposable.ts'
import type { EnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { createMonitor } from '../monitor/create-monitor.ts'
import { checkOptions } from '../options.ts'
import type { Middleware } from '../worker/middleware.ts'
import { createCollector } from './collect.ts'
import { countEnqueues, countJobs } from './count.ts'
import { createGauges, createInstruments, type Gauges } from './instruments.ts'

/** Options of `createMetrics`. */
export interface MetricsOptions {
  /** Queues whose counts and oldest job are asked of Redis at each scrape. One process of many suffices. Default none. */
  queues?: QueueContract | readonly QueueContract[] | undefined
  /** For `queues`. Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of `queues`. Default each contract's own. */
  prefix?: string | undefined
  /** How long Redis may take at a scrape, in milliseconds. Default 2,000. */
  timeoutMs?: number | undefined
  /** Where the metrics stand beside the user's own. Default a registry of their own. */
  registry?: Registry | undefined
}

/** Counts and measures, and answers scrapes. Made by `createMetrics`. */
export interface Metrics extends AsyncDisposable {
  /** For `use` of workers. */
  readonly jobs: Middleware
  /** For `use` of producers, and of flow producers. */
  readonly enqueues: EnqueueMiddleware
  readonly registry: Registry
  /** What a scrape is answered with, in Prometheus' text format. */
  scrape(): Promise<string>
  /** Answers a scrape: a handler for node:http and Express. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Hangs up. What was counted can still be scraped. */
  close(): Promise<void>
}

const knownOptions = ['queues', 'connection', 'prefix', 'timeoutMs', 'registry']

/**
 * Prometheus metrics of jobs, as middlewares, and of queues, asked of Redis when they are scraped: see docs/metrics.md. It needs
 * the package prom-client.
 *
 * Throws OPTIONS_INVALID; and prom-client's own error for a registry that has the metrics already.
 *
 * @example
 * const metrics = createMetrics({ queues: [people], connection })
 * const worker = createWorker(people, { connection, use: [metrics.jobs], handlers })
 * createServer(metrics.handle).listen(9100, '127.0.0.1')
 */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  checkOptions(options, knownOptions, 'createMetrics')
  const { queues = [], connection, prefix, timeoutMs = 2_000, registry = new Registry() } = options
  const contracts = [queues].flat()
  for (const contract of contracts) checkContract(contract, 'queues')
  const instruments = createInstruments(registry)
  const monitor = contracts.length > 0 ? createMonitor(contracts, { connection, prefix, timeoutMs }) : undefined
  if (monitor) {
    const collect = createCollector(monitor.queues, () => gauges)
    const gauges: Gauges = createGauges(registry, collect)
  }

  return disposable<Metrics>({
    jobs: countJobs(instruments),
    enqueues: countEnqueues(instruments),
    registry,
    scrape: () => registry.metrics(),
    async handle(_request, response) {
      try {
        const text = await registry.metrics()
        response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text)
      } catch {
        // Of a metric of the user's own, whose message is for the logs and not for whoever asks.
        response.writeHead(500).end()
      }
    },
    close: async () => monitor?.close(),
  })
}
