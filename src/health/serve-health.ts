import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { QueueWorker } from '../queue/worker/worker.ts'
import type { WorkerHealth } from '../queue/worker/worker-health.ts'

/** Options of `serveHealth`. */
export interface HealthOptions {
  /** The workers of this process; a function is asked each time. */
  workers: readonly Watched[] | (() => Iterable<Watched>)
  /** 0 for any that is free. */
  port: number
  /** Default 127.0.0.1. What is told is no secret, but in a container the probes come from outside: '0.0.0.0' there. */
  host?: string | undefined
  /** What answers `/metrics`: `createMetrics` gives one. Default none. */
  metrics?: { handle(request: IncomingMessage, response: ServerResponse): Promise<void> } | undefined
}

type Watched = Pick<QueueWorker, 'health'>

/** What answers probes, until it is closed. Made by `serveHealth`. */
export interface Health {
  readonly url: string
  close(): Promise<void>
}

const knownOptions = ['workers', 'port', 'host', 'metrics']

/**
 * Answers for a worker process: `/healthz` with 200 while no worker is stuck, so that one which connecting anew did not help is
 * started again; `/readyz` with 200 while every worker is connected and takes jobs; 503 otherwise, both with the state of each
 * worker as JSON. It keeps no process up whose workers are closed.
 *
 * Throws OPTIONS_INVALID; rejects with Node's own error for a port that is taken.
 *
 * @example
 * const health = await serveHealth({ workers: [worker], port: 9100, metrics })
 */
export async function serveHealth(options: HealthOptions): Promise<Health> {
  checkOptions(options, knownOptions, 'serveHealth')
  const { workers, port, host = '127.0.0.1', metrics } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new BrineError('OPTIONS_INVALID', 'must be a port, or 0 for any that is free', { path: 'port' })
  }
  if (typeof workers !== 'function' && !Array.isArray(workers)) {
    throw new BrineError('OPTIONS_INVALID', 'must be a list of workers', { path: 'workers' })
  }
  const states = () => [...(typeof workers === 'function' ? workers() : workers)].map((worker) => worker.health())

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://health')
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
    if (pathname === '/metrics' && metrics) return void metrics.handle(request, response)
    const isWell = checks[pathname]
    if (!isWell) return void response.writeHead(404).end()
    const all = states()
    const ok = all.every(isWell) && (pathname !== '/readyz' || all.length > 0)
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify({ ok, workers: all })}\n`)
  })
  server.unref().listen(port, host)
  await once(server, 'listening')
  const { port: opened, address, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${opened}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const checks: Readonly<Record<string, ((worker: WorkerHealth) => boolean) | undefined>> = {
  '/healthz': ({ isStuck }) => !isStuck,
  '/readyz': ({ isStuck, isConnected, isPaused, isClosing }) => isConnected && !isStuck && !isPaused && !isClosing,
}
