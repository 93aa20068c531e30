import { BrineError } from '../errors.ts'

/** What keeps a text. */
export type Keeper = 'key' | 'file'

const longestName = 200

/** A key or file as messages name it: bounded, and unable to forge a line. */
export function nameOf(keeper: Keeper, name: string): string {
  return `${keeper} ${JSON.stringify(name.length > longestName ? `${name.slice(0, longestName)}…` : name)}`
}

/** The same error, saying where the text is kept, when it is one of ours. */
export function withLocation(keeper: Keeper, name: string, error: unknown): unknown {
  return error instanceof BrineError ? error.relocated({ within: nameOf(keeper, name) }) : error
}
