import { at, line, steps, svg, text } from './svg.ts'

/** Panels side by side, over the same logarithmic axis. */
export interface Lines {
  readonly title: string
  readonly xAxis: string
  readonly xs: readonly number[]
  readonly panels: readonly Panel[]
}

interface Panel {
  /** What is counted, with its unit. */
  readonly yAxis: string
  readonly series: readonly Series[]
}

interface Series {
  readonly name: string
  readonly values: readonly number[]
  readonly own: boolean
  readonly dashed: boolean
}

const panelWidth = 380
const left = 56
const right = 24
const top = 92
const plotHeight = 220
const legendTop = 64

export function drawLines({ title, xAxis, xs, panels }: Lines): string {
  const width = panelWidth * panels.length
  const parts = [text(16, 26, title, { kind: 'title' })]
  panels.forEach((panel, index) => {
    parts.push(...drawPanel(panel, panelWidth * index, xs, xAxis))
  })
  return svg(width, top + plotHeight + 56, title, parts)
}

function drawPanel({ yAxis, series }: Panel, from: number, xs: readonly number[], xAxis: string): string[] {
  const ticks = steps(Math.max(...series.flatMap(({ values }) => values)))
  const most = ticks.at(-1) ?? 1
  const [first = 1, last = 10] = [xs[0], xs.at(-1)]
  const span = panelWidth - left - right
  const x = (value: number) => from + left + (span * Math.log(value / first)) / Math.log(last / first)
  const y = (value: number) => top + plotHeight - (plotHeight * value) / most
  const parts = [text(from + 16, 48, yAxis, { kind: 'quiet' })]
  for (const tick of ticks) {
    parts.push(line(from + left, y(tick), from + left + span, y(tick), 'grid'))
    parts.push(text(from + left - 8, y(tick) + 4, tick.toLocaleString('en'), { anchor: 'end', kind: 'quiet' }))
  }
  for (const value of xs) {
    const anchor = value === last ? 'end' : value === first ? 'start' : 'middle'
    const shown = value.toLocaleString('en')
    parts.push(text(x(value), top + plotHeight + 20, shown, { anchor, kind: 'quiet' }))
  }
  parts.push(text(from + left + span / 2, top + plotHeight + 42, xAxis, { anchor: 'middle', kind: 'quiet' }))
  series.forEach(({ name, values, own, dashed }, index) => {
    const kind = `${own ? 'own' : 'other'}${dashed ? ' dashed' : ''}`
    const places = values.map((value, count) => `${at(x(xs[count] ?? first))},${at(y(value))}`)
    parts.push(`<polyline points="${places.join(' ')}" class="line ${kind}"/>`)
    for (const place of places) {
      const [cx, cy] = place.split(',')
      parts.push(`<circle cx="${cx}" cy="${cy}" r="3.5" class="${own ? 'own' : 'other'}"/>`)
    }
    const legend = { x: from + left + (index % 2) * 160, y: legendTop + Math.floor(index / 2) * 16 }
    parts.push(
      `<polyline points="${legend.x},${legend.y} ${legend.x + 26},${legend.y}" class="line ${kind}"/>`,
      text(legend.x + 32, legend.y + 4, name, { kind: 'quiet' }),
    )
  })
  return parts
}
