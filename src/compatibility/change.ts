/** What became of a part of a shape. */
export type ChangeCode =
  | 'field-removed'
  | 'field-added-required'
  | 'field-added'
  | 'type-changed'
  | 'narrowed'
  | 'enum-shortened'
  | 'union-shortened'
  | 'optional-required'
  | 'nullable-dropped'
  | 'widened'
  | 'refined'
  | 'not-described'

export interface Change {
  readonly code: ChangeCode
  readonly path: string
  /** What was, and what is. */
  readonly text: string
  /** `refuses`: what was stored by the old shape may be refused, or lose something, by the new one. */
  readonly effect: 'refuses' | 'takes' | 'unknown'
}

export function refuses(code: ChangeCode, path: string, text: string): Change {
  return { code, path, text, effect: 'refuses' }
}

export function takes(code: ChangeCode, path: string, text: string): Change {
  return { code, path, text, effect: 'takes' }
}

export function unknown(code: ChangeCode, path: string, text: string): Change {
  return { code, path, text, effect: 'unknown' }
}

export function isRefusal({ effect }: Change): boolean {
  return effect === 'refuses'
}

export function isRemoval({ code }: Change): boolean {
  return code === 'field-removed'
}

/** The more, the worse. */
export function weight(changes: readonly Change[]): number {
  return changes.filter(isRefusal).length
}

/** Alternatives tell the same of what they share. */
export function uniqueChanges(changes: readonly Change[]): Change[] {
  const word = ({ code, path, text }: Change) => JSON.stringify([code, path, text])
  return [...new Map(changes.map((change) => [word(change), change])).values()]
}
