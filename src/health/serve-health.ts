import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { disposable } from '../disposable.ts'
import { BrineError } from '../errors.ts'
import { checkAddress, listen } from '../listen.ts'
import { checkOptions } from '../options.ts'
import type { QueueWorker } from '../worker/queue-worker.ts'
import type { WorkerHealth } from '../worker/worker-health.ts'

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
export interface Health extends AsyncDisposable {
  readonly url: string
  close(): Promise<void>
}

const knownOptions = ['workers', 'port', 'host', 'metrics']

/**
 * Answers for a worker process: `/healthz` with 200 while no worker is stuck, so that one which connecting anew did not help is
 * started again; `/readyz` with 200 while every worker is connected and takes jobs; 503 otherwise, both with the state of each
 * worker as JSON. It keeps no process up whose workers are closed.
 *
 * Rejects with OPTIONS_INVALID, also when the port is taken.
 *
 * @example
 * const health = await serveHealth({ workers: [worker], port: 9100, metrics })
 */
export async function serveHealth(options: HealthOptions): Promise<Health> {
  checkOptions(options, knownOptions, 'serveHealth')
  const { workers, port, host = '127.0.0.1', metrics } = options
  checkAddress({ host, port })
  if (typeof workers !== 'function' && !Array.isArray(workers)) {
    throw new BrineError('OPTIONS_INVALID', 'must be a list of workers', { path: 'workers' })
  }
  const states = () => [...(typeof workers === 'function' ? workers() : workers)].map((worker) => worker.health())

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // No URL is made of it: of `//` there is none.
    const [path = ''] = (request.url ?? '').split('?', 1)
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
    if (path === '/metrics' && metrics) return metrics.handle(request, response)
    const isWell = checks.get(path)
    if (!isWell) return void response.writeHead(404).end()
    const all = states()
    const ok = all.every(isWell) && (path !== '/readyz' || all.length > 0)
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify({ ok, workers: all })}\n`)
  }

  const server = createServer((request, response) => {
    // Of what the user gave, whose message is not for whoever asks; and a probe ends no worker.
    answer(request, response).catch(() => (response.headersSent ? response.destroy() : response.writeHead(500).end()))
  })
  const { port: opened, address, family } = await listen(server.unref(), { host, port })
  return disposable<Health>({
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${opened}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  })
}

const checks: ReadonlyMap<string, (worker: WorkerHealth) => boolean> = new Map([
  ['/healthz', ({ isStuck }) => !isStuck],
  ['/readyz', ({ isStuck, isConnected, isPaused, isClosing }) => isConnected && !isStuck && !isPaused && !isClosing],
])
