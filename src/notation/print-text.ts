import type { Anatomy } from './inspect-object.ts'
import type { Bounds, Holder, Item, Shown } from './outline.ts'
import { nameOf, plainLine } from './quote.ts'

const widest = 76

/** What is shown of a value as people read it: on one line as far as it fits, or always. */
export function printText(shown: Shown, bounds: Bounds, oneLine = false): string {
  const text = new Printer(bounds, oneLine ? Number.POSITIVE_INFINITY : widest).print(shown).join('\n')
  if (text.length <= bounds.maxChars) return text
  return `${text.slice(0, Math.max(0, bounds.maxChars - 1))}…`
}

class Printer {
  readonly #bounds: Bounds
  readonly #width: number

  constructor(bounds: Bounds, width: number) {
    this.#bounds = bounds
    this.#width = width
  }

  print(shown: Shown): string[] {
    switch (shown.kind) {
      case 'leaf':
        return [shown.text]
      case 'hidden':
        return ['[hidden]']
      case 'cut':
        return [`[${plainLine(shown.label, this.#bounds.maxString)}]`]
      case 'ref':
        return [`[${shown.how} *${shown.to.number}]`]
      case 'holder':
        return this.#holder(shown)
    }
  }

  #holder({ anatomy, items, more, number }: Holder): string[] {
    const mark = number === undefined ? '' : `<ref *${number}> `
    const head = mark + this.#head(anatomy)
    const [open, close] = bracketsOf(anatomy, items)
    const kept = [...items.entries()].filter(([, item]) => !repeatsHead(anatomy, item))
    const parts = kept.map(([at, item]) => this.#item(item, at))
    if (more > 0) parts.push([`… ${more} more`])
    if (parts.length === 0) return [anatomy.kind === 'error' ? head : `${spaced(head)}${open}${close}`]
    const isFields = items[0]?.at === 'fields'
    const lead = isFields ? `${head}${open}` : `${spaced(head)}${open}`
    const space = isFields ? '' : ' '
    if (parts.every((lines) => lines.length === 1)) {
      const line = `${lead}${space}${parts.map(([one]) => one).join(', ')}${space}${close}`
      if (line.length <= this.#width) return [line]
    }
    const inner = parts.flatMap((lines, at) => {
      const last = at === parts.length - 1 ? '' : ','
      return lines.map((line, index) => `  ${line}${index === lines.length - 1 ? last : ''}`)
    })
    return [lead, ...inner, close]
  }

  #head({ label, message }: Anatomy): string {
    const { maxString } = this.#bounds
    const shown = plainLine(label, maxString)
    return message === undefined || message === '' ? shown : `${shown}: ${plainLine(message, maxString)}`
  }

  /** What is hidden is told apart by its position, which paths of errors have in its place: `$.labels.value(2)`. */
  #item(item: Item, at: number): string[] {
    const [first = '', ...rest] = this.print(item.value)
    if (item.at === 'name') {
      const name = item.name === undefined ? `[hidden ${at}]` : nameOf(item.name, this.#bounds.maxString)
      return [`${name}: ${first}`, ...rest]
    }
    if (item.key === undefined) return [first, ...rest]
    const key = item.key.kind === 'hidden' ? [`[hidden ${at}]`] : this.print(item.key)
    return [...key.slice(0, -1), `${key.at(-1)} => ${first}`, ...rest]
  }
}

/** An error's own name stands before its message already. */
function repeatsHead({ kind, label }: Anatomy, { name, value }: Item): boolean {
  return kind === 'error' && name === 'name' && value.kind === 'leaf' && value.json === label
}

function spaced(head: string): string {
  return head === '' || head.endsWith(' ') ? head : `${head} `
}

function bracketsOf({ kind }: Anatomy, [first]: readonly Item[]): readonly [string, string] {
  if (kind === 'array') return ['[', ']']
  return first?.at === 'fields' ? ['(', ')'] : ['{', '}']
}
