import { BrineError } from '../../errors.ts'
import { root } from '../../path.ts'
import { type Field, type Layout, layoutName } from './layout.ts'

/** A layout that a text brought along, and those of the models that it names. */
export interface ParsedLayout {
  layout: Layout
  models: ReadonlyMap<string, Layout>
}

/** Types within types of one layout, at most; no writer's schema is so deep. */
const deepestLayout = 100

const tagAt = /[A-Za-z][\w./-]{0,99}@[1-9]\d{0,8}/y
const nameAt = /[^:,?)]+/y

/** Reads the text of a layout. Throws TEXT_INVALID for what no writer writes. */
export function parseLayout(text: string): ParsedLayout {
  return new Parser(text).run()
}

class Parser {
  readonly #text: string
  readonly #models = new Map<string, Layout>()
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): ParsedLayout {
    const layout = this.#type()
    if (this.#at < this.#text.length) throw refuse()
    return { layout, models: this.#models }
  }

  #type(): Layout {
    if (this.#depth >= deepestLayout) throw refuse()
    this.#depth += 1
    const layout = this.#typeHere()
    this.#depth -= 1
    return layout
  }

  #typeHere(): Layout {
    // A tag may begin with the letter of a kind.
    const tag = this.#match(tagAt)
    if (tag !== undefined) return this.#model(tag)
    const sign = this.#text[this.#at]
    this.#at += 1
    switch (sign) {
      case '*':
        return { kind: 'plain' }
      case 'n':
        return { kind: 'bigint' }
      case 'd':
        return { kind: 'date' }
      case '~':
        return { kind: 'nullable', of: this.#type() }
      case '[':
        return this.#take(';') ? this.#tuple() : this.#closed({ kind: 'list', of: this.#type() }, ']')
      case '{':
        return this.#closed({ kind: 'dictionary', of: this.#type() }, '}')
      case '<': {
        const first = this.#type()
        if (this.#take(',')) return this.#closed({ kind: 'map', key: first, value: this.#type() }, '>')
        return this.#closed({ kind: 'set', of: first }, '>')
      }
      case '(':
        return this.#take('|') ? this.#either() : this.#object()
      default:
        throw refuse()
    }
  }

  #tuple(): Layout {
    if (this.#take(']')) return { kind: 'tuple', of: [] }
    const of = [this.#type()]
    while (this.#take(';')) of.push(this.#type())
    return this.#closed({ kind: 'tuple', of }, ']')
  }

  #either(): Layout {
    const of = [this.#type()]
    while (this.#take('|')) of.push(this.#type())
    return this.#closed({ kind: 'either', of }, ')')
  }

  #object(): Layout {
    const fields: Field[] = []
    if (this.#take(')')) return { kind: 'object', fields }
    const names = new Set<string>()
    do {
      const name = this.#match(nameAt)
      if (name === undefined || names.has(name) || !layoutName.test(name)) throw refuse()
      names.add(name)
      const optional = this.#take('?')
      const isPlain = !this.#take(':')
      const of: Layout = isPlain ? { kind: 'plain' } : this.#type()
      // There is one way to write a layout.
      if (isPlain !== (of.kind === 'plain')) throw refuse()
      fields.push({ name, optional, of })
    } while (this.#take(','))
    return this.#closed({ kind: 'object', fields }, ')')
  }

  #model(tag: string): Layout {
    const isValue = this.#take('=')
    const hasBody = isValue || this.#text[this.#at] === '('
    if (this.#models.has(tag) === hasBody) throw refuse()
    if (hasBody) {
      // Named before its body is read, which may name it again.
      this.#models.set(tag, { kind: 'plain' })
      const body = this.#type()
      if (isValue === (body.kind === 'object')) throw refuse()
      this.#models.set(tag, body)
    }
    return { kind: 'model', tag }
  }

  #closed(layout: Layout, sign: string): Layout {
    if (!this.#take(sign)) throw refuse()
    return layout
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false
    this.#at += 1
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }
}

function refuse(): BrineError {
  return new BrineError('TEXT_INVALID', 'the layout of the body is not as a writer writes it', { path: root })
}
