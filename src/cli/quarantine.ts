import type { Command } from 'commander'
import { addDiscard } from './quarantine/discard.ts'
import { addList } from './quarantine/list.ts'
import { addReplay } from './quarantine/replay.ts'
import { addShowAction } from './show.ts'
import { parseDuration } from './terminal/duration.ts'

/** `brine quarantine`: the jobs that no worker could read. */
export function addQuarantine(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('the jobs that no worker could read (docs/quarantine.md)')
  const choosing = (command: Command) =>
    command
      .option('-q, --queue <name>', 'the queue; default: all')
      .option('--code <code>', 'only those that were refused with it, such as PAYLOAD_INVALID')
      .option('--job <name>', 'only jobs of this name')
      .option('--path <path>', 'only those that were refused there, such as $.person.age')
      .option('--since <time>', 'only those of the last 90s, 10m, 2h, 3d', parseDuration)
  addList(quarantine, choosing)
  addShowAction(quarantine.command('show <id>').description('one of them: why it is there, and what of it can be read'))
  addReplay(quarantine, choosing)
  addDiscard(quarantine, choosing)
}
