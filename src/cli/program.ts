import { Command } from 'commander'
import { readPackageVersion } from '../package-version.ts'
import { addCheck } from './check.ts'
import { addClean } from './clean.ts'
import { addDashboard } from './dashboard.ts'
import { addDoctor } from './doctor.ts'
import { addDrain } from './drain.ts'
import { addEnqueue } from './enqueue.ts'
import { addJobs } from './jobs.ts'
import { addKeygen } from './keygen.ts'
import { addPause } from './pause.ts'
import { addPromote } from './promote.ts'
import { addQuarantine } from './quarantine.ts'
import { addRemove } from './remove.ts'
import { addRetire } from './retire.ts'
import { addRetry } from './retry.ts'
import { addShow } from './show.ts'
import { addStatus } from './status.ts'
import { addTail } from './tail.ts'
import { addWork } from './work.ts'

const commands = [
  ...[addStatus, addJobs, addShow, addTail],
  ...[addRetry, addRemove, addPromote, addPause, addDrain, addClean, addQuarantine],
  ...[addEnqueue, addWork, addDashboard, addKeygen, addDoctor, addCheck, addRetire],
]

/** The command line: one file a command, each of which adds itself. */
export function createProgram(): Command {
  const program = new Command('brine')
    .description('Look into the queues of BrineMQ and work on them.')
    .version(readPackageVersion() ?? 'unknown', '-V, --version', 'the version of brinemq')
    .option('--config <file>', 'the configuration; default: the nearest brine.config.ts (.mts, .js, .mjs) upwards')
    .option('--connection <url>', 'the Redis; default: REDIS_URL, then that of the configuration')
    .option('--prefix <prefix>', "what stands before the queues' keys; default: that of the configuration or contract")
    .option('--json', 'answer with one JSON document')
    .option('--debug', 'show the stacks of errors')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(brine --help, or brine <command> --help, says more)')
    .showSuggestionAfterError()
    .exitOverride()
  for (const add of commands) add(program)
  return program
}
