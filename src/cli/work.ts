import { availableParallelism, constants } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, InvalidArgumentError } from 'commander'
import type { Health } from '../health/serve-health.ts'
import type { WorkerHealth } from '../worker/worker-health.ts'
import { CommandError } from './command-error.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'
import type { GlobalOptions, Session } from './session.ts'
import { parseCount } from './terminal/duration.ts'
import { parsePort } from './terminal/port.ts'
import { findModules } from './work/find-modules.ts'
import { collectHealth, reportHealth } from './work/process-health.ts'
import { runModules } from './work/run-modules.ts'
import { supervise } from './work/supervise.ts'
import { watchWorkers } from './work/watch-workers.ts'

interface Options extends GlobalOptions {
  processes: number
  healthPort?: number
  healthHost: string
}

/** Tells a process that it is one of several, which another looks after. */
const supervisedBy = 'BRINE_WORK_PARENT'
/** Tells it to report how its workers are. */
const reports = 'BRINE_WORK_REPORTS'

/** `brine work`: runs the modules that start workers. */
export function addWork(program: Command): void {
  program
    .command('work [modules...]')
    .description('run worker modules: paths and globs, or `workers` of the configuration')
    .option('--processes <count>', "how many processes; 'auto' for one each processor", parseProcesses, 1)
    .option(
      '--health-port <port>',
      'answer /healthz and /readyz for all processes; 0 for a port that is free',
      parsePort,
    )
    .option('--health-host <address>', 'on which address; 0.0.0.0 for probes from elsewhere', '127.0.0.1')
    .action(
      inSession<Options, [string[]]>(async (session, options, given) => {
        // Modules that are named need no configuration.
        const modules = await findModules(
          ...(given.length > 0 ? ([given, process.cwd()] as const) : await configured(session)),
        )
        // Where worker modules look, by convention.
        if (options.connection !== undefined) process.env['REDIS_URL'] = options.connection
        if (options.processes > 1 && process.env[supervisedBy] === undefined) {
          return superviseAll(session, modules, options)
        }
        endWithParent()
        const workers = watchWorkers()
        if (process.env[supervisedBy] === undefined) await answerProbes(session, options, workers)
        else if (process.env[reports] !== undefined) reportHealth(workers)
        await runModules(modules).catch(endAll)
        sayIfNothingRuns(session)
        return undefined
      }),
    )
}

async function configured(session: Session): Promise<readonly [readonly string[], string]> {
  const { workers, path } = await session.config()
  if (workers && workers.length > 0) return [workers, dirname(path)]
  throw new CommandError(
    exitCode.usage,
    "name the modules that start workers, or give workers: ['workers/*.ts'] in the configuration",
  )
}

async function superviseAll(session: Session, modules: readonly string[], options: Options): Promise<number> {
  const { terminal } = session
  const { processes } = options
  const { take: onMessage, states } = collectHealth(processes)
  const health = await answerProbes(session, options, states)
  if (health) {
    session.onEnd(() => health.close())
    process.env[reports] = '1'
  }
  process.env[supervisedBy] = String(process.pid)
  terminal.say(`${processes} processes run ${modules.length} ${modules.length === 1 ? 'module' : 'modules'}`)
  const program = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url))
  const ended = await supervise({ program, args: ['work', ...modules], processes, terminal, onMessage })
  return ended === undefined ? exitCode.failed : endedBy(ended)
}

/** It keeps no process up: one process is there for as long as its workers are, and several are waited for. */
async function answerProbes(
  { terminal }: Session,
  { healthPort: port, healthHost: host }: Options,
  states: () => WorkerHealth[],
): Promise<Health | undefined> {
  if (port === undefined) return undefined
  const { serveHealth } = await import('../health/serve-health.ts')
  const workers = () => states().map((state) => ({ health: () => state }))
  const health = await serveHealth({ port, host, workers })
  terminal.say(`probes are answered at ${health.url}/healthz and /readyz`)
  return health
}

/** As programs end that a signal ended, and the workers of a single process. */
function endedBy(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/** Closes the workers of modules that were well, since one was not. */
function endAll(error: unknown): never {
  process.once('exit', () => {
    process.exitCode = exitCode.failed
  })
  if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM')
  else setImmediate(() => process.exit())
  throw error
}

/** A process whose parent was killed closes its workers, as if it had been told to. */
function endWithParent(): void {
  if (process.env[supervisedBy] === undefined || !process.connected) return
  // The channel is not to keep a process up whose workers are closed.
  process.channel?.unref()
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}

/** Modules that start no worker leave nothing to do, which is mostly a mistake. */
function sayIfNothingRuns({ terminal }: Session): void {
  const startedAt = Date.now()
  process.once('beforeExit', () => {
    if (Date.now() - startedAt > aMomentMs || process.exitCode) return
    terminal.say('the modules started no worker: each is to call createWorker when it is imported')
    process.exitCode = exitCode.failed
  })
}

const aMomentMs = 5_000

function parseProcesses(given: string): number {
  if (given === 'auto') return availableParallelism()
  try {
    return parseCount(1)(given)
  } catch {
    throw new InvalidArgumentError("say a whole number from 1, or 'auto'.")
  }
}
