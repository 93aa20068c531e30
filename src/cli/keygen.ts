import { type Command, Option } from 'commander'
import { newKey } from '../seal/new-key.ts'
import { inSession } from './in-session.ts'

interface Options {
  id?: string
  mode: 'sign' | 'encrypt'
}

/** `brine keygen`: a key for seals. It is printed, and kept nowhere. */
export function addKeygen(program: Command): void {
  program
    .command('keygen')
    .description('a new key for seals, as BRINE_KEYS holds it (see docs/keys.md)')
    .addOption(new Option('--mode <mode>', 'what it is for').choices(['sign', 'encrypt']).default('sign'))
    .option('--id <id>', 'the id of the key; default: a random one')
    .action(
      inSession<Options>(async ({ terminal, json }, { id, mode }) => {
        const key = newKey({ mode, ...(id !== undefined && { id }) })
        if (json) terminal.json({ key })
        else terminal.print(key)
        return undefined
      }),
    )
}
