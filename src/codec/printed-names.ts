import type { $ZodType } from 'zod/v4/core'
import type { Model } from '../model/model.ts'
import { holdsSensitive } from '../model/sensitive.ts'
import type { Names } from '../schema/way.ts'
import { type Keyring, mayEncrypt } from '../seal/keyring.ts'

/**
 * Which names of properties the paths of a contract, codec or store print. What a schema declares is code, and is printed everywhere. Any
 * other name may be data, so it is treated as the values beside it are:
 *
 * - Where values are secret, since keys encrypt them or a schema marks something as sensitive, no such name is printed. Errors are
 *   stored in the clear and sent to logs and alerts, which must hold nothing that encryption or a mark hides.
 * - Elsewhere Redis holds both in the clear, and whoever is on call needs the name: `$.data.customer.notify: a function does not travel`.
 *   So a name about which no schema says anything is printed if it is an identifier. The key of a record is not: its schema says
 *   that it is data.
 *
 * The rule is one for a whole contract, so that marking one field makes all of its errors, of each kind of text, as careful.
 */
export function printedNames({
  keys,
  models = [],
  schemas = () => [],
}: {
  keys: Keyring | undefined
  models?: readonly Model[] | undefined
  schemas?: () => readonly $ZodType[]
}): () => Names {
  let names: Names | undefined
  // Later, since schemas may refer to models that are not defined yet.
  const find = () => {
    const marked = () => [...models.map(({ fields }) => fields), ...schemas()].some(holdsSensitive)
    return mayEncrypt(keys) || marked() ? 'declared' : 'identifiers'
  }
  return () => {
    names ??= find()
    return names
  }
}

/** The same of a value that is read or written by a schema of its own. */
export function printedNamesBy(schema: $ZodType, names: () => Names): () => Names {
  return () => (holdsSensitive(schema) ? 'declared' : names())
}
