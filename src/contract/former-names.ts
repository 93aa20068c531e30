import { BrineError } from '../errors.ts'
import type { ContractJob } from './contract.ts'

const longestName = 100

/** The names that a job had before, as its definition lists them. Throws what `refuse` gives. */
export function checkAliases(
  aliases: unknown,
  refuse: (path: string, remedy: string) => BrineError,
): readonly string[] {
  if (aliases === undefined) return []
  if (!Array.isArray(aliases)) throw refuse('aliases', 'must be a list of the names that the job had before')
  const stray = aliases.findIndex(
    (name, index) =>
      typeof name !== 'string' || name === '' || name.length > longestName || aliases.indexOf(name) !== index,
  )
  if (stray === -1) return Object.freeze([...aliases])
  throw refuse(`aliases[${stray}]`, `must be a name of 1 to ${longestName} characters, once`)
}

/**
 * The jobs of a contract by the names that they had before. Each keeps the name that it has in Redis, where results and errors
 * are written under it, so that producers which know no other can read them.
 *
 * Throws CONTRACT_INVALID for a name that two jobs claim.
 */
export function defineFormerNames(entries: ReadonlyMap<string, ContractJob>): ReadonlyMap<string, ContractJob> {
  const formerly = new Map<string, ContractJob>()
  for (const [current, job] of entries) {
    for (const [index, name] of job.aliases.entries()) {
      const other = entries.has(name) ? name : formerly.get(name)?.current
      if (other !== undefined) {
        const remedy =
          other === current
            ? 'is the name of the job itself'
            : `is also a name of '${other}'; a name can belong to one job only`
        throw new BrineError('CONTRACT_INVALID', remedy, { job: current, path: `aliases[${index}]` })
      }
      const others = job.aliases.filter((alias) => alias !== name)
      formerly.set(name, Object.freeze({ ...job, name, aliases: Object.freeze([current, ...others]) }))
    }
  }
  return formerly
}
