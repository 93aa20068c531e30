import type { BrineErrorCode } from '../../../src/errors.ts'

/** A text that no writer of ours made, and how it is refused. */
export interface Malformed {
  name: string
  text: string
  code: BrineErrorCode
}

export function envelope(body: string): string {
  return `{"brine":1,"kind":"value","encoding":"devalue/6","body":${body}}`
}

/** Rows of bodies in a whole envelope, each named after itself unless it is long. */
export function bodies(
  code: BrineErrorCode,
  rows: readonly (string | readonly [name: string, body: string])[],
): Malformed[] {
  return rows.map((row) => {
    const [name, body] = typeof row === 'string' ? [row, row] : row
    return { name, text: envelope(body), code }
  })
}
