import { types } from 'node:util'

/** Raises what was stored of one version to what the next one stores. It is called while a text is read: synchronously. */
export type Upcaster = UpcasterMethod['raise']

// As a method, so that it may be written for what its version stored, of which nothing else knows the type.
interface UpcasterMethod {
  raise(stored: unknown): unknown
}

/** `{ n: what raises version n to n + 1 }`. */
export interface Upcasts {
  readonly [version: number]: Upcaster
}

type Whole<N extends number> = `${N}` extends `${string}.${string}` | `-${string}` ? never : N

type Add1<N extends number, Count extends 0[] = []> = Count['length'] extends N
  ? [...Count, 0]['length']
  : Add1<N, [...Count, 0]>

/** What the step before `To` gives; never when there is none. */
type Given<U, To> = {
  [From in keyof U]: From extends Whole<From & number>
    ? Add1<From> extends To
      ? U[From] extends (stored: never) => infer Raised
        ? Raised
        : never
      : never
    : never
}[keyof U]

/**
 * The steps `U` as a chain: each takes what the one before it gives, the first what was stored back then, and the last gives
 * `Last`, what the schema of today takes.
 */
export type UpcastChain<U, Last> = {
  readonly [From in keyof U]: From extends number
    ? number extends From
      ? Upcaster
      : From extends Whole<From>
        ? (stored: Given<U, From>) => Add1<From> extends keyof U ? unknown : Last
        : never
    : never
}

interface Versioned {
  upcast: unknown
  version: number
  /** The refusal of what stands at `path` of the definition. */
  refuse: (path: string, remedy: string) => Error
}

/**
 * The steps by the version that they begin from, each of which has a next one, up to `version`. Where they begin is left
 * open: what came before can no longer be read. Throws what `refuse` gives.
 */
export function defineUpcasts({ upcast = {}, version, refuse }: Versioned): ReadonlyMap<number, Upcaster> {
  if (typeof upcast !== 'object' || upcast === null) {
    throw refuse('upcast', 'must be { 1: (storedByVersion1) => storedByVersion2, … }')
  }
  const steps = new Map<number, Upcaster>()
  for (const [key, step] of Object.entries(upcast)) {
    const from = Number(key)
    if (!(Number.isSafeInteger(from) && `${from}` === key && from >= 1 && from < version)) {
      throw refuse(
        `upcast.${key}`,
        `leads from no version to ${version}: the steps are numbered from 1 to ${version - 1}`,
      )
    }
    if (typeof step !== 'function')
      throw refuse(`upcast.${key}`, `must be a function, from version ${from} to ${from + 1}`)
    if (types.isAsyncFunction(step)) {
      throw refuse(`upcast.${key}`, 'must be synchronous; use only the stored fields')
    }
    steps.set(from, step as Upcaster)
  }
  for (let from = Math.min(version, ...steps.keys()); from < version; from += 1) {
    if (!steps.has(from)) throw refuse(`upcast.${from}`, `is missing: the step from version ${from} to ${from + 1}`)
  }
  return steps
}
