/** A value that travels, and the exact text of its body. Large ones have no text here: they are the round trip's alone. */
export interface Fixture {
  /** What the table of docs/values.md calls this kind. */
  group: string
  name: string
  value: () => unknown
  text?: string
  /** The body by the schemas, of those that are written so. */
  fields?: string
}

type Row = readonly [name: string, value: () => unknown, text?: string, fields?: string]

export function group(name: string, rows: readonly Row[]): Fixture[] {
  return rows.map(([row, value, text, fields]) => ({
    ...{ group: name, name: row, value },
    ...(text !== undefined && { text }),
    ...(fields !== undefined && { fields }),
  }))
}
