import type { BrineErrorCode } from '../../../src/errors.ts'
import type { SchemaName } from './schemas.ts'

/** What every row may plant, and no refusal may tell. */
export const secret = 'hunter2-0451'

/** A text that no writer of ours made, and what it must come to: a refusal, or some value, within a second. */
export interface Hostile {
  name: string
  /** The body, for a producer that lies within a proper envelope. Without it the envelope itself is what is wrong. */
  body?: string
  /** Of the body. Default `devalue/6`. */
  encoding?: string
  /** The whole text, for whoever writes to Redis. */
  text: string
  /** Undefined for what is read as something. */
  code?: BrineErrorCode | undefined
  path?: string | undefined
  /** The schema that the reader asks for. */
  as?: SchemaName | undefined
}

export function envelope(body: string): string {
  return `{"brine":1,"kind":"value","encoding":"devalue/6","body":${body}}`
}

type Row = string | readonly [name: string, body: string, where?: string | undefined, as?: SchemaName]

/** Rows of bodies in a whole envelope, each named after itself unless it is long; with the path of the refusal, where one is to be held to. */
export function bodies(code: BrineErrorCode | undefined, rows: readonly Row[]): Hostile[] {
  return rows.map((row) => {
    const [name, body, path, as] = typeof row === 'string' ? [row, row] : row
    return { name, body, text: envelope(body), code, path, as }
  })
}

/** The same for bodies that are read as something: nothing is lost by them, and nothing is run. */
export function harmless(rows: readonly Row[]): Hostile[] {
  return bodies(undefined, rows)
}

/** The entries `from` … `to`, each of the text that `entry` gives for its index. */
export function entries(from: number, to: number, entry: (index: number) => string): string {
  return Array.from({ length: to - from + 1 }, (_, at) => entry(from + at)).join()
}

/** The indices `from` … `to`. */
export function range(from: number, to: number): string {
  return entries(from, to, String)
}

export function repeat(text: string, times: number): string {
  return text.repeat(times)
}
