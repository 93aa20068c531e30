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
