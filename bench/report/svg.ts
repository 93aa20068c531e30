/** What the charts share: it reads on light and on dark pages, as the reader's system says. */
export const style = `<style>
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2937 }
  .title { font-size: 16px; font-weight: 600 }
  .quiet { fill: #4b5563; font-size: 12px }
  .grid { stroke: #d1d5db; stroke-width: 1 }
  .mark { stroke: #1f2937; stroke-width: 1; stroke-dasharray: 4 3 }
  .own { fill: #1d6fd8 } .other { fill: #9ca3af }
  .line { fill: none; stroke-width: 2.5 }
  .line.own { fill: none; stroke: #1d6fd8 } .line.other { fill: none; stroke: #6b7280 }
  .dashed { stroke-dasharray: 7 5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .quiet { fill: #9ca3af } .grid { stroke: #374151 } .mark { stroke: #e5e7eb }
    .own { fill: #60a5fa } .other { fill: #6b7280 }
    .line.own { stroke: #60a5fa } .line.other { stroke: #9ca3af }
  }
</style>`

export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${inXml(title)}">`,
    `<title>${inXml(title)}</title>`,
    style,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly kind?: 'title' | 'quiet'
}

export function text(x: number, y: number, words: string, { anchor = 'start', kind }: TextOptions = {}): string {
  const shown = kind ? ` class="${kind}"` : ''
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"${shown}>${inXml(words)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: 'grid' | 'mark'): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`
}

/** A place on the page, to a tenth. */
export function at(place: number): string {
  return `${Math.round(place * 10) / 10}`
}

function inXml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** Round steps from 0 to at least `most`, about five of them. */
export function steps(most: number): number[] {
  const rough = most / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? rough
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, count) => Number((count * step).toPrecision(6)))
}
