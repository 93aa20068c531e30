/** A value that travels, and the exact text of its body. Large ones have no text here: they are the round trip's alone. */
export interface Fixture {
  /** What the README's table of what survives calls this kind. */
  group: string
  name: string
  value: () => unknown
  text?: string
}

type Row = readonly [name: string, value: () => unknown, text?: string]

export function group(name: string, rows: readonly Row[]): Fixture[] {
  return rows.map(([row, value, text]) => ({ group: name, name: row, value, ...(text !== undefined && { text }) }))
}
