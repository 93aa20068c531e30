import { BrineError } from '../../errors.ts'
import { type Limits, limitExceeded } from '../../limits/limits.ts'
import type { Registry } from '../../model/registry.ts'
import { type Holder, root } from '../../path.ts'
import type { PathStart } from '../../schema/path-start.ts'
import type { Way } from '../../schema/way.ts'
import type { CodecContext } from '../codec-context.ts'
import { UNDEFINED } from '../format.ts'
import { isCount } from '../scan-entry.ts'
import { ABSENT, type Field, type Layout, PRESENT, UNDEFINED_THERE } from './layout.ts'
import { parseLayout } from './parse-layout.ts'

/** How deep values of this encoding nest, by their layout's types: the writer leaves what is deeper to the other encoding. */
const deepestValue = 200

/**
 * A body of `fields/1` as entries of `devalue/6`, by its own layout. What was written by other schemas than those of here, or
 * by nobody of ours, is thus scanned, built, upcast and refused as every other text is.
 *
 * Throws TEXT_INVALID and LIMIT_EXCEEDED, with the path.
 */
export function toEntries(body: unknown, knowledge: Known, start: PathStart): unknown[] {
  if (!Array.isArray(body) || body.length !== 2 || typeof body[0] !== 'string' || !Array.isArray(body[1])) {
    throw new BrineError('TEXT_INVALID', 'the body is no layout with its values', { path: root })
  }
  return new Transcriber(body[0], body[1], knowledge, start).run()
}

type Known = Pick<CodecContext, 'limits' | 'registry'>

class Transcriber {
  readonly #layout: Layout
  readonly #models: ReadonlyMap<string, Layout>
  readonly #values: readonly unknown[]
  readonly #limits: Limits
  readonly #registry: Registry
  readonly #start: PathStart
  readonly #entries: unknown[] = []
  readonly #trail: ((way: Way) => Way)[] = []
  #at = 0
  #depth = 0

  constructor(layout: string, values: readonly unknown[], { limits, registry }: Known, start: PathStart) {
    const parsed = parseLayout(layout)
    this.#layout = parsed.layout
    this.#models = parsed.models
    this.#values = values
    this.#limits = limits
    this.#registry = registry
    this.#start = start
  }

  run(): unknown[] {
    this.#entry(this.#layout)
    if (this.#at !== this.#values.length) throw this.#refuse('there are more values than its layout has places')
    return this.#entries
  }

  /** Gives the index of the entry. */
  #entry(layout: Layout): number {
    if (layout.kind === 'nullable') {
      const isThere = this.#choice(2)
      return isThere === ABSENT ? this.#add(null) : this.#entry(layout.of)
    }
    if (layout.kind === 'either') return this.#entry(layout.of[this.#choice(layout.of.length)] as Layout)
    if (this.#depth >= deepestValue) throw this.#refuse('it is deeper than this encoding goes')
    const at = this.#add(undefined)
    this.#depth += 1
    this.#entries[at] = this.#write(layout)
    this.#depth -= 1
    return at
  }

  #write(layout: Exclude<Layout, { kind: 'nullable' | 'either' }>): unknown {
    switch (layout.kind) {
      case 'plain':
        return this.#plain()
      case 'bigint':
        return ['BigInt', this.#digits()]
      case 'date':
        return ['Date', this.#iso()]
      case 'list':
        return this.#items('list', this.#length(), () => layout.of)
      case 'tuple':
        return this.#items('list', layout.of.length, (index) => layout.of[index] as Layout)
      case 'set':
        return ['Set', ...this.#items('set', this.#count(), () => layout.of)]
      case 'map':
        return ['Map', ...this.#items('map', 2 * this.#count(), (index) => (index % 2 ? layout.value : layout.key))]
      case 'dictionary':
        return this.#dictionary(layout.of)
      case 'object':
        return this.#object(layout.fields)
      case 'model':
        return [layout.tag, this.#fields(layout.tag)]
    }
  }

  #items(holder: Holder, count: number, layoutAt: (index: number) => Layout): number[] {
    const refs: number[] = []
    for (let index = 0; index < count; index += 1)
      refs.push(this.#inside((way) => way.part(holder, index), layoutAt(index)))
    return refs
  }

  #fields(tag: string): number {
    const model = this.#registry.byTag.get(tag.slice(0, tag.indexOf('@')))
    return this.#inside((way) => (model ? way.fields(model.fields) : way), this.#models.get(tag) as Layout)
  }

  #dictionary(of: Layout): object {
    const record: Record<string, number> = {}
    const count = this.#count()
    for (let position = 0; position < count; position += 1) {
      const name = this.#next()
      if (typeof name !== 'string' || name === '__proto__' || Object.hasOwn(record, name))
        throw this.#refuse('a property has no good name')
      record[name] = this.#inside((way) => way.name(name, position), of)
    }
    return record
  }

  #object(fields: readonly Field[]): object {
    const record: Record<string, number> = {}
    for (const [position, { name, optional, of }] of fields.entries()) {
      const presence = optional ? this.#choice(3) : PRESENT
      if (presence === UNDEFINED_THERE) record[name] = UNDEFINED
      else if (presence === PRESENT) record[name] = this.#inside((way) => way.name(name, position), of)
    }
    return record
  }

  #inside(step: (way: Way) => Way, layout: Layout): number {
    this.#trail.push(step)
    const ref = this.#entry(layout)
    this.#trail.pop()
    return ref
  }

  #plain(): unknown {
    const value = this.#next()
    if (typeof value === 'object' && value !== null)
      throw this.#refuse('a value is not of the kind that its layout says')
    return value
  }

  #digits(): string {
    const value = this.#next()
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return `${value}`
    // There is one way to write a bigint: a number, wherever a number is exact.
    if (typeof value === 'string' && !Number.isSafeInteger(Number(value))) return value
    throw this.#refuse('a bigint is not as a writer writes it')
  }

  #iso(): string {
    const value = this.#next()
    const date = new Date(Number.isInteger(value) && !Object.is(value, -0) ? Number(value) : Number.NaN)
    if (Number.isNaN(date.getTime())) throw this.#refuse('a date is no number of milliseconds')
    return date.toISOString()
  }

  #length(): number {
    const count = this.#count()
    const { maxArrayLength } = this.#limits
    if (count > maxArrayLength) throw limitExceeded(this.#limits, 'maxArrayLength', count, this.#path())
    return count
  }

  #count(): number {
    const count = this.#next()
    if (!isCount(count)) throw this.#refuse('a number of elements is none')
    return count
  }

  #choice(among: number): number {
    const choice = this.#next()
    if (!isCount(choice) || choice >= among) throw this.#refuse('a choice is none of those that its layout has')
    return choice
  }

  #next(): unknown {
    if (this.#at >= this.#values.length) throw this.#refuse('there are fewer values than its layout has places')
    const value = this.#values[this.#at]
    this.#at += 1
    return value
  }

  #add(entry: unknown): number {
    const at = this.#entries.push(entry) - 1
    if (at >= this.#limits.maxNodes) throw limitExceeded(this.#limits, 'maxNodes', `over ${at}`, root)
    return at
  }

  #path(): string {
    return this.#trail.reduce((way, step) => step(way), this.#start.way()).path
  }

  #refuse(remedy: string): BrineError {
    return new BrineError('TEXT_INVALID', remedy, { path: this.#path() })
  }
}
