import type { QueueContract } from '../../contract/contract.ts'
import type { Model } from '../../model/model.ts'
import type { Use } from './used.ts'

/** Something of the code that is there only for what is stored. */
export interface Retirable {
  readonly what: 'upcast' | 'alias' | 'key' | 'accept'
  /** Where it stands in the code: `people/greet`, `person`, or `people`. */
  readonly of: string
  /** The step's version, the alias, or the key's id. */
  readonly which: string
  /** How many jobs and keys still need it. */
  readonly uses: number
  readonly example: string | undefined
}

/** Each upcaster, alias, old key and `accept` of a project, with what still needs it. */
export function retirables(
  contracts: readonly QueueContract[],
  models: readonly Model[],
  uses: readonly Use[],
): Retirable[] {
  const found: Retirable[] = []
  const add = (what: Retirable['what'], of: string, which: string | number, needs: (use: Use) => boolean) => {
    const needing = uses.filter(needs)
    const counted = needing.reduce((sum, { count }) => sum + count, 0)
    found.push({ what, of, which: String(which), uses: counted, example: needing[0]?.example })
  }
  for (const contract of contracts) {
    const here = ({ queue }: Use) => queue === contract.name
    for (const { name, aliases, upcast } of contract.entries.values()) {
      const of = `${contract.name}/${name}`
      const names = new Set([name, ...aliases])
      for (const step of upcast.keys()) {
        add(
          'upcast',
          of,
          step,
          (use) => here(use) && use.kind === 'job' && names.has(use.name) && (use.version ?? 1) <= step,
        )
      }
      for (const alias of aliases) {
        add('alias', of, alias, (use) => here(use) && (use.kind === 'job' || use.kind === 'name') && use.name === alias)
      }
    }
    const { keys } = contract
    for (const id of keys?.ids ?? []) {
      if (id !== keys?.active)
        add('key', contract.name, id, (use) => here(use) && use.kind === 'key' && use.name === id)
    }
    if (contract.accept === 'json') add('accept', contract.name, 'json', (use) => here(use) && use.kind === 'json')
  }
  for (const { tag, aliases, upcast } of models) {
    const tags = new Set([tag, ...aliases])
    for (const step of upcast.keys()) {
      add('upcast', tag, step, ({ kind, name, version = 1 }) => kind === 'model' && tags.has(name) && version <= step)
    }
    for (const alias of aliases) add('alias', tag, alias, ({ kind, name }) => kind === 'model' && name === alias)
  }
  return found
}
