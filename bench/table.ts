export type Cell = string | number

/** What one measurement found. */
export interface Table {
  /** By which goals and charts find it. */
  readonly id: string
  readonly title: string
  /** What was run against what. */
  readonly against: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** The table in Markdown, which reads well on a terminal too. */
export function tableText({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const lines = [columns, ...rows].map((row) => row.map((cell, at) => (at === 0 ? countText(cell) : cellText(cell))))
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  // Words stand at the left, figures at the right.
  const ofWords = columns.map((_, column) => rows.some((row) => typeof row[column] === 'string'))
  const padded = (cell: string, at: number) =>
    ofWords[at] || at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
  const pad = (line: readonly string[]) => `| ${line.map(padded).join(' | ')} |`
  const ruled = (width: number, at: number) =>
    ofWords[at] || at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`
  const rule = `| ${widths.map(ruled).join(' | ')} |`
  const [head = [], ...body] = lines
  return [pad(head), rule, ...body.map(pad)].join('\n')
}

export function printTable(table: Table): void {
  console.log(`\n${table.title}\n\n${tableText(table)}\n\n${table.against}`)
}

/** Three digits, or all of a large figure. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell
  if (Math.abs(cell) >= 100 || (Number.isInteger(cell) && cell >= 20)) return countText(Math.round(cell))
  return cell.toFixed(Math.abs(cell) >= 10 ? 1 : 2)
}

function countText(cell: Cell): string {
  return cell.toLocaleString('en')
}

/** Where a row's figure of a column stands. Throws when the table has no such column. */
export function columnOf(table: Table, name: string): number {
  const at = table.columns.indexOf(name)
  if (at < 0) throw new Error(`the table ${table.id} has no column '${name}'`)
  return at
}
