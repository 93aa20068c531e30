import { at, line, steps, svg, text } from './svg.ts'

/** A chart of bars, in groups of one bar for each subject. */
export interface Bars {
  readonly title: string
  /** What the axis counts, with its unit. */
  readonly axis: string
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[]
  /** Where a line is drawn across. */
  readonly mark: number
}

interface Bar {
  readonly name: string
  readonly value: number
  /** What stands behind the bar. */
  readonly label: string
  readonly own: boolean
}

const width = 760
const left = 186
const right = 150
const barHeight = 18
const groupGap = 34

export function drawBars({ title, axis, groups, mark }: Bars): string {
  const ticks = steps(Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value))))
  const most = ticks.at(-1) ?? 1
  const x = (value: number) => left + ((width - left - right) * value) / most
  const top = 44
  const rows = groups.flatMap(({ bars }) => bars).length
  const bottom = top + rows * (barHeight + 4) + groups.length * groupGap
  const parts = [text(16, 26, title, { kind: 'title' })]
  for (const tick of ticks) {
    parts.push(line(x(tick), top, x(tick), bottom, 'grid'))
    parts.push(text(x(tick), bottom + 18, `${tick}`, { anchor: 'middle', kind: 'quiet' }))
  }
  parts.push(text((left + width - right) / 2, bottom + 38, axis, { anchor: 'middle', kind: 'quiet' }))
  let y = top
  for (const { name, bars } of groups) {
    parts.push(text(16, y + 20, name))
    y += groupGap - 6
    for (const bar of bars) {
      const kind = bar.own ? 'own' : 'other'
      parts.push(
        text(left - 10, y + 13.5, bar.name, { anchor: 'end' }),
        `<rect x="${at(left)}" y="${at(y)}" width="${at(x(bar.value) - left)}" height="${barHeight}" rx="2" class="${kind}"/>`,
        // Behind the mark too, which would cross it.
        text(x(Math.max(bar.value, mark)) + 8, y + 13.5, bar.label, { kind: 'quiet' }),
      )
      y += barHeight + 4
    }
    y += 6
  }
  parts.push(line(x(mark), top, x(mark), bottom, 'mark'))
  return svg(width, bottom + 52, title, parts)
}
