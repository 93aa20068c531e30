import { Command } from 'commander'
import { addStatus } from './status.ts'

/** The command line: one file a command, each of which adds itself. */
export function createProgram(): Command {
  const program = new Command('brine')
    .description('Look into the queues of BrineMQ and work on them.')
    .option('--config <file>', 'the configuration; default: the nearest brine.config.ts (.mts, .js, .mjs) upwards')
    .option('--connection <url>', 'the Redis; default: REDIS_URL, then that of the configuration')
    .option('--prefix <prefix>', "what stands before the queues' keys; default: that of the configuration or contract")
    .option('--json', 'answer with one JSON document')
    .option('--debug', 'show the stacks of errors')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(brine --help, or brine <command> --help, says more)')
    .showSuggestionAfterError()
    .exitOverride()
  for (const add of [addStatus]) add(program)
  return program
}
