import { printableLine } from './printable.ts'
import type { Style } from './style.ts'
import { cutTo, widthOf } from './width.ts'

export type Cell = string | number | undefined

export interface Column {
  title: string
  /** The most columns of the terminal that it takes; what is longer is cut. Default 60. */
  most?: number
}

export interface TableLook {
  style: Style
  /** A rule under the titles, for who looks at it; without, every line after the first is a row. */
  ruled: boolean
}

const defaultMost = 60
const gap = '  '

/** Rows under titles, in columns: numbers to the right, texts to the left. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], look: TableLook): string {
  const { style, ruled } = look
  const texts = rows.map((row) => columns.map(({ most = defaultMost }, at) => cutTo(wordOf(row[at]), most)))
  const widths = columns.map(({ title }, at) => Math.max(widthOf(title), ...texts.map((row) => widthOf(row[at] ?? ''))))
  const numeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] !== 'string'))
  const line = (cells: readonly string[], set: (text: string) => string = (text) => text) =>
    cells
      .map((cell, at) => {
        const room = ' '.repeat((widths[at] ?? 0) - widthOf(cell))
        return numeric[at] ? room + set(cell) : set(cell) + room
      })
      .join(gap)
      .trimEnd()
  const titles = columns.map(({ title }) => title)
  return [
    line(titles, style.bold),
    ...(ruled ? [style.dim(widths.map((width) => '─'.repeat(width)).join(gap))] : []),
    ...texts.map((row) => line(row)),
  ].join('\n')
}

function wordOf(cell: Cell): string {
  return cell === undefined ? '-' : printableLine(String(cell))
}
