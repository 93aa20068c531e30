import { types } from 'node:util'
import { BrineError, type BrineErrorCode } from '../errors.ts'
import { KeyCollisions } from '../limits/key-collisions.ts'
import { type Limits, limitExceeded } from '../limits/limits.ts'
import type { Model } from '../model/model.ts'
import { root, type Step } from '../path.ts'
import { builtInOf } from '../realm/built-in-of.ts'
import { Effort, visitsOf } from '../schema/effort.ts'
import { within } from '../schema/named-path.ts'
import type { PathStart } from '../schema/path-start.ts'
import type { CodecContext } from './codec-context.ts'
import { eachComponent } from './components.ts'
import { decimalDigits } from './decimal-digits.ts'
import { levelsOf } from './depth.ts'
import type { ReadMemo } from './fields/read-memo.ts'
import { FieldsOwners } from './fields-owners.ts'
import { UNDEFINED } from './format.ts'
import { refuseLinkedSearches } from './leaves.ts'
import { type Node, stepInto, wayTo } from './node.ts'
import { PatternEffort } from './pattern-effort.ts'
import { Primitives } from './primitives.ts'
import { describeRefused } from './refused.ts'
import { scan } from './scan.ts'

/**
 * One value on its way to a body in devalue's format.
 *
 * The walk is a queue, not a recursion: devalue's own overflows the stack in a ring of 1,000 instances, and where it does
 * depends on who calls. An object gets its index when it is first met and its entry when its turn comes, so every entry
 * is first named by an earlier one, which is what the scan holds texts to.
 */
export class BodyWriter {
  readonly limits: Limits
  readonly stacks: boolean
  /** The URLs and URLSearchParams that were written, which may be linked. */
  readonly urls: Node[] = []
  readonly searches: Node[] = []
  #collisions: KeyCollisions | undefined
  #patterns: PatternEffort | undefined
  readonly #knowledge: CodecContext
  readonly #memo: ReadMemo
  readonly #start: PathStart
  readonly #entries: string[] = []
  readonly #nodes: Node[] = []
  readonly #indexes = new Map<object, number>()
  readonly #primitives = new Primitives((text) => this.add(text))
  #fieldsOf: FieldsOwners | undefined
  readonly #effort: Effort
  #length = 0
  #shares = false
  #decodes = false

  /** `memo` remembers what models gave when another encoding was tried. */
  constructor(knowledge: CodecContext, memo: ReadMemo, start: PathStart) {
    this.#knowledge = knowledge
    this.#memo = memo
    this.#start = start
    this.limits = knowledge.limits
    this.stacks = knowledge.stacks
    this.#effort = new Effort(visitsOf(knowledge.limits))
  }

  get collisions(): KeyCollisions {
    this.#collisions ??= new KeyCollisions()
    return this.#collisions
  }

  get patterns(): PatternEffort {
    this.#patterns ??= new PatternEffort()
    return this.#patterns
  }

  write(value: unknown): string {
    const first = this.ref(value, undefined, undefined)
    for (let next = 0; next < this.#nodes.length; next += 1) {
      const node = this.#nodes[next] as Node
      this.fill(node.at, this.#writeObject(node))
    }
    if (this.urls.length > 0 && this.searches.length > 0) refuseLinkedSearches(this)
    const text = first < 0 ? `${first}` : `[${this.#entries.join(',')}]`
    // No character is more than three bytes of UTF-8.
    const bytes = text.length * 3 <= this.limits.maxBytes ? 0 : Buffer.byteLength(text)
    if (bytes > this.limits.maxBytes) throw limitExceeded(this.limits, 'maxBytes', bytes, root)
    if (this.#decodes && this.#shares) this.#refuseCyclesThroughDecode(text)
    return text
  }

  /** The index under which `value` stands in the body: that of its entry, or a negative one for what needs none. */
  ref(value: unknown, from: Node | undefined, at: Step): number {
    switch (typeof value) {
      case 'string':
        return this.#primitives.string(value)
      case 'number':
        return this.#primitives.number(value)
      case 'object':
        return value === null ? this.#primitives.constant(value) : this.#refObject(value, from, at)
      case 'undefined':
        return UNDEFINED
      case 'boolean':
        return this.#primitives.constant(value)
      case 'bigint':
        return this.#addBigInt(value, from, at)
      case 'function':
        throw this.refuse(
          'UNSUPPORTED_VALUE',
          'a function does not travel: send data, and keep code in the worker',
          from,
          at,
        )
      default:
        throw this.refuse('UNSUPPORTED_VALUE', 'a symbol does not travel: send a string', from, at)
    }
  }

  /** A new entry that stands for no object of the caller's. */
  add(text: string): number {
    const at = this.reserve()
    this.fill(at, text)
    return at
  }

  /** The index of an entry whose text follows, since what it names must stand behind it. */
  reserve(): number {
    const at = this.#entries.push('') - 1
    if (at >= this.limits.maxNodes) throw limitExceeded(this.limits, 'maxNodes', `over ${at}`, root)
    return at
  }

  fill(at: number, text: string): void {
    this.#entries[at] = text
    this.#length += text.length
    // The exact count is of bytes, at the end; this one only stops a text that is too long already.
    if (this.#length > this.limits.maxBytes) throw limitExceeded(this.limits, 'maxBytes', `over ${this.#length}`, root)
  }

  pathOf(node: Node): string {
    return wayTo(node, this.#start.way(), this.#knowledge.registry).path
  }

  refuse(code: BrineErrorCode, remedy: string, from: Node | undefined, at?: Step, cause?: unknown): BrineError {
    if (from === undefined) return new BrineError(code, remedy, { path: root, cause })
    const { registry } = this.#knowledge
    const way = wayTo(from, this.#start.way(), registry)
    const { path } = at === undefined ? way : stepInto(way, from.value, at, registry)
    return new BrineError(code, remedy, { path, cause })
  }

  // Not shared: V8 hashes bigints without a seed too.
  #addBigInt(value: bigint, from: Node | undefined, at: Step): number {
    const digits = decimalDigits(value, this.limits.maxBigIntDigits)
    if (typeof digits === 'string') return this.add(`["BigInt","${digits}"]`)
    const { path } = this.refuse('LIMIT_EXCEEDED', '', from, at)
    throw limitExceeded(this.limits, 'maxBigIntDigits', digits ?? 'more', path)
  }

  #refObject(value: object, from: Node | undefined, at: Step): number {
    const known = this.#indexes.get(value)
    if (known !== undefined) {
      this.#shares = true
      return known
    }
    const node: Node = { value, at: this.reserve(), from, step: at, depth: 0 }
    this.#indexes.set(value, node.at)
    this.#nodes.push(node)
    return node.at
  }

  #writeObject(node: Node): string {
    try {
      const { builtIns, registry } = this.#knowledge
      let prototype: object | null = Object.getPrototypeOf(node.value)
      let writeBuiltIn = builtIns.get(prototype)
      const model = writeBuiltIn || prototype === null ? undefined : registry.byPrototype.get(prototype)
      if (writeBuiltIn === undefined && model === undefined) {
        prototype = builtInOf(node.value, prototype) ?? prototype
        writeBuiltIn = builtIns.get(prototype)
      }
      this.#measureDepth(node, prototype)
      if (writeBuiltIn !== undefined) return writeBuiltIn(node, this)
      if (model === undefined) throw this.refuse(...describeRefused(node.value, prototype, registry), node)
      this.#decodes ||= model.back.kind === 'decode'
      const fields = this.#refFields(this.#encodeFields(model, node), node)
      return `["${model.tag}@${model.version}",${fields}${this.#writeExtras(model, node)}]`
    } catch (error) {
      // What a trap throws may be a proxy too, of which nothing can be asked.
      if (types.isNativeError(error) && error instanceof BrineError && error.path !== undefined) throw error
      throw this.refuse(
        'UNSUPPORTED_VALUE',
        'looking at this value threw, as a proxy or a borrowed prototype does',
        node,
        undefined,
        error,
      )
    }
  }

  #measureDepth(node: Node, prototype: object | null): void {
    const { from, step: at } = node
    node.depth = from === undefined ? 1 : from.depth + levelsOf(at, prototype !== null && containers.has(prototype))
    if (node.depth > this.limits.maxDepth)
      throw limitExceeded(this.limits, 'maxDepth', `over ${this.limits.maxDepth}`, this.pathOf(node))
  }

  // What a model says of its fields, it says of the instance: the walk knows where that stands.
  #encodeFields(model: Model, node: Node): unknown {
    try {
      const fields = this.#memo.read(model, node.value)
      model.check(fields, this.#effort)
      return fields
    } catch (error) {
      if (!(error instanceof BrineError)) throw error
      throw within(this.pathOf(node), error, this.#start.names())
    }
  }

  /** Of an error: the index of a record of what it has beside its fields, if anything. */
  #writeExtras(model: Model, node: Node): string {
    const extras = this.#memo.extras(model, node.value, this.stacks)
    if (extras === undefined) return ''
    const record = this.reserve()
    const members = Object.entries(extras).map(([name, value]) => `"${name}":${this.ref(value, node, name)}`)
    this.fill(record, `{${members.join(',')}}`)
    return `,${record}`
  }

  #refFields(fields: unknown, node: Node): number {
    if (typeof fields === 'object' && fields !== null) {
      this.#fieldsOf ??= new FieldsOwners()
      const wrong = this.#fieldsOf.take(fields, node)
      if (wrong !== undefined) throw this.refuse('FIELDS_INVALID', wrong, node)
    }
    return this.ref(fields, node, undefined)
  }

  // A cycle can only be where an object was met twice, so most bodies are never looked at again.
  #refuseCyclesThroughDecode(text: string): void {
    const flat = scan(JSON.parse(text), this.#knowledge, this.#start)
    if (!flat.forward) eachComponent(flat, () => {})
  }
}

const containers: ReadonlySet<object> = new Set([Array.prototype, Map.prototype, Set.prototype])
