import { shortenPath } from '../../errors.ts'
import { omittedName } from '../../model/error-extras.ts'
import { isError } from '../../realm/is-error.ts'
import type { Settled } from './degrade-instance.ts'

const mostPaths = 20

/**
 * Lets an error that is to be written say what was left out of it: in `omitted`, a property that people see when they print the error.
 * False when something was and the value is no error, which cannot say it.
 */
export function sayOmitted(value: unknown, settled: Settled | undefined, paths: readonly string[]): boolean {
  if (paths.length === 0) return true
  if (!isError(value)) return false
  const before: unknown = settled
    ? settled.extras[omittedName]
    : Object.getOwnPropertyDescriptor(value, omittedName)?.value
  // Properties of the user's by this name stay what they are.
  if (settled?.model.declared?.().has(omittedName) || (before !== undefined && !Array.isArray(before))) return true
  const omitted = listPaths(before ?? [], paths)
  if (settled) settled.extras[omittedName] = omitted
  else
    Object.defineProperty(value, omittedName, { value: omitted, enumerable: true, writable: true, configurable: true })
  return true
}

// An error that was degraded before, such as a child's that its parent throws again, keeps what it said.
function listPaths(before: readonly unknown[], paths: readonly string[]): string[] {
  const all = [...new Set([...before.map(String), ...paths.map(shortenPath)])]
  const more = all.length - mostPaths
  return more > 0 ? [...all.slice(0, mostPaths), `… and ${more} more`] : all
}
