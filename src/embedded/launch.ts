import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findOwnFile } from '../own-file.ts'
import { isError } from '../realm/is-error.ts'
import { resolveFrom } from '../resolve-from.ts'
import { ping } from './port.ts'
import type { Report } from './serve.ts'

// A cold start takes half a second; a busy machine that also compiles TypeScript takes some more.
const startTimeoutMs = 30_000

/** A server that answers, or the report that says why there is none. */
export type Launched = { process: ChildProcess } | Exclude<Report, 'listening'> | 'bundled'

/** Starts a process that serves on `port`, and returns when it answers PING. It leaves no process behind when it fails. */
export async function launch(port: number, verbose: boolean): Promise<Launched> {
  const program = programArguments()
  if (!program) return 'bundled'
  const server = spawn(process.execPath, [...program, String(port)], {
    stdio: ['ignore', verbose ? 2 : 'ignore', 2, 'ipc'],
    // Out of the terminal's process group: Ctrl-C reaches the parent, and the parent decides. See serve.ts.
    detached: true,
    windowsHide: true,
  })
  try {
    const report = await firstReport(server)
    if (report !== 'listening') return report
    await ping(port, startTimeoutMs)
    return { process: server }
  } catch (error) {
    server.kill('SIGKILL')
    const late = isError(error) && error.name === 'AbortError'
    return { failed: late ? `no answer within ${startTimeoutMs / 1000} seconds` : String(error) }
  }
}

function programArguments(): string[] | undefined {
  const file = findOwnFile('embedded/serve')
  if (!file) return undefined
  const program = ['--disable-warning=ExperimentalWarning', fileURLToPath(file)]
  // Node 20 cannot run the sources without it.
  const tsx = file.pathname.endsWith('.ts') && resolveFrom(file, 'tsx')
  return tsx ? ['--import', pathToFileURL(tsx).href, ...program] : program
}

async function firstReport(server: ChildProcess): Promise<Report> {
  const settled = new AbortController()
  const signal = AbortSignal.any([settled.signal, AbortSignal.timeout(startTimeoutMs)])
  const ended = once(server, 'exit', { signal }).then(([code, killedBy]): Report => {
    return { failed: `its process ended with ${killedBy ?? `code ${code}`}` }
  })
  const reported = once(server, 'message', { signal }).then(([message]): Report => readReport(message))
  try {
    // `once` also rejects at 'error', which is how a process that cannot be started is told.
    return await Promise.race([reported, ended])
  } finally {
    settled.abort()
    await Promise.allSettled([reported, ended])
  }
}

function readReport(message: unknown): Report {
  if (message === 'listening' || message === 'taken' || message === 'missing') return message
  if (typeof message === 'object' && message !== null && 'failed' in message) return { failed: String(message.failed) }
  return { failed: 'its process said something unknown' }
}
