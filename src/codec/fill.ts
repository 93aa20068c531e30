import { fewKeys } from '../limits/key-collisions.ts'
import type { Flat } from './flat.ts'
import { HOLE } from './format.ts'

/** The value that an entry names. */
type Read = (ref: unknown) => unknown

/**
 * Fills the shell of one entry, which may be the entry itself, with what the entry names. Returns what is wrong with it, if
 * anything; throws LIMIT_EXCEEDED for numbers that collide as keys.
 */
export function fill(flat: Flat, at: number, shell: unknown, read: Read): string | undefined {
  const entry = flat.entries[at]
  const listed = entry as readonly unknown[]
  switch (flat.shapes[at]) {
    case 'list':
      return fillList(shell as unknown[], listed, read)
    case 'sparse':
      for (let place = 2; place < listed.length; place += 2)
        (shell as unknown[])[listed[place] as number] = read(listed[place + 1])
      return undefined
    case 'record':
      return fillRecord(shell as Record<string, unknown>, read)
    case 'null':
      for (let place = 1; place < listed.length; place += 2)
        (shell as Record<string, unknown>)[listed[place] as string] = read(listed[place + 1])
      return undefined
    case 'set':
      takeKeys(flat, at, 1, read)
      for (let place = 1; place < listed.length; place += 1) (shell as Set<unknown>).add(read(listed[place]))
      return (shell as Set<unknown>).size === listed.length - 1 ? undefined : 'a Set has one member twice'
    case 'map':
      takeKeys(flat, at, 2, read)
      for (let place = 1; place < listed.length; place += 2)
        (shell as Map<unknown, unknown>).set(read(listed[place]), read(listed[place + 1]))
      return (shell as Map<unknown, unknown>).size === (listed.length - 1) / 2 ? undefined : 'a Map has one key twice'
    default:
      return undefined
  }
}

function fillList(list: unknown[], entry: readonly unknown[], read: Read): undefined {
  for (let index = 0; index < entry.length; index += 1) {
    if (entry[index] !== HOLE) list[index] = read(entry[index])
  }
}

/** What it names stands in the record itself. */
function fillRecord(record: Record<string, unknown>, read: Read): undefined {
  for (const name of Object.keys(record)) record[name] = read(record[name])
}

// Before any of them is put anywhere.
function takeKeys(flat: Flat, at: number, every: 1 | 2, read: Read): void {
  const listed = flat.entries[at] as readonly unknown[]
  if (listed.length <= fewKeys) return
  const keys: unknown[] = []
  for (let place = 1; place < listed.length; place += every) keys.push(read(listed[place]))
  flat.collisions.take(keys, () => flat.pathOf(at))
}
