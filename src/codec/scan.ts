import { BrineError, type BrineErrorCode } from '../errors.ts'
import { views } from '../model/built-in-classes.ts'
import type { Model } from '../model/model.ts'
import { type Holder, root, type Step, step } from '../path.ts'
import type { Knowledge } from './body-writer.ts'
import { errorRecord, errorTags } from './error-values.ts'
import { HOLE, NAN, NEGATIVE_INFINITY, NEGATIVE_ZERO, POSITIVE_INFINITY, SPARSE, UNDEFINED } from './format.ts'
import { leaves } from './leaves.ts'
import { limitExceeded } from './limits.ts'

/** What an entry is. Only the shapes from `list` on name other entries that may name them in turn. */
export type Shape =
  | 'primitive'
  | 'bigint'
  | 'leaf'
  | 'bytes'
  | 'boxed'
  | 'view'
  | 'list'
  | 'sparse'
  | 'record'
  | 'null'
  | 'set'
  | 'map'
  | 'error'
  | 'model'

/** A body whose every entry was checked, before anything was built from it. */
export interface Flat {
  readonly entries: readonly unknown[]
  readonly shapes: readonly Shape[]
  /** Of the entries with a model's tag. */
  readonly models: ReadonlyMap<number, TaggedModel>
  /** Whether each object is only named by entries before it, as in a tree: then there is no cycle. */
  readonly forward: boolean
  pathOf(at: number): string
}

export interface TaggedModel {
  readonly model: Model
  /** Of the fields as they were stored. */
  readonly version: number
}

const holders: Partial<Record<Shape, Holder>> = { list: 'list', sparse: 'list', map: 'map', set: 'set' }
const special: ReadonlySet<unknown> = new Set([UNDEFINED, NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY, NEGATIVE_ZERO])
const boxable: ReadonlySet<unknown> = new Set([NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY, NEGATIVE_ZERO])
const modelTag = /^([^@]+)@([1-9]\d{0,8})$/

/**
 * Checks a parsed body, entry by entry, in one pass: shapes, ranges, known tags, limits, and that each entry is named by an
 * earlier one. devalue itself reads nonsense as something; this accepts what a writer could have written, and no more.
 *
 * Throws TEXT_INVALID, TAG_UNKNOWN, VERSION_NEWER, VERSION_OLDER and LIMIT_EXCEEDED, each with the path.
 */
export function scan(parsed: unknown, knowledge: Pick<Knowledge, 'registry' | 'limits'>): Flat {
  return new Scanner(parsed, knowledge).run()
}

class Scanner implements Flat {
  readonly entries: readonly unknown[]
  readonly shapes: Shape[] = []
  readonly models = new Map<number, TaggedModel>()
  forward = true
  readonly #knowledge: Pick<Knowledge, 'registry' | 'limits'>
  readonly #parents: Int32Array
  readonly #depths: Int32Array
  readonly #steps: Step[] = []
  readonly #payloads = new Set<number>()
  readonly #errorRecords = new Set<number>()
  readonly #errorOwns = new Set<number>()
  readonly #backward: number[] = []

  constructor(parsed: unknown, knowledge: Pick<Knowledge, 'registry' | 'limits'>) {
    this.#knowledge = knowledge
    if (!Array.isArray(parsed) || parsed.length === 0) {
      throw new BrineError('TEXT_INVALID', 'the body is neither a list of entries nor a special value', { path: root })
    }
    const { limits } = knowledge
    if (parsed.length > limits.maxNodes) throw limitExceeded(limits, 'maxNodes', parsed.length, root)
    this.entries = parsed
    this.#parents = new Int32Array(parsed.length).fill(-1)
    this.#depths = new Int32Array(parsed.length)
  }

  run(): Flat {
    this.#depths[0] = 1
    for (let at = 0; at < this.entries.length; at += 1) {
      if (at > 0 && this.#parents[at] === -1) throw this.#refuse(at, 'an entry is named by none before it')
      this.shapes.push(this.#scanEntry(this.entries[at], at))
    }
    // Primitives and leaves may be shared freely. Only what names others can close a cycle.
    this.forward = this.#backward.every((at) => isLeafShape(this.shapes[at]))
    for (const at of this.#errorOwns)
      if (this.shapes[at] !== 'record') throw this.#refuse(at, "an error's own fields are no record")
    return this
  }

  pathOf(at: number): string {
    const way: number[] = []
    for (let next = at; next > 0 && way.length <= this.entries.length; next = this.#parents[next] ?? -1) way.push(next)
    return way.reduceRight((path, next) => {
      const shape = this.shapes[this.#parents[next] ?? 0]
      return step(path, (shape && holders[shape]) ?? 'record', this.#steps[next])
    }, root)
  }

  #scanEntry(entry: unknown, at: number): Shape {
    if (entry === null || typeof entry === 'string' || typeof entry === 'boolean') return 'primitive'
    if (typeof entry === 'number') {
      if (!Number.isFinite(entry) || Object.is(entry, -0))
        throw this.#refuse(at, 'a number is not as a writer writes it')
      return 'primitive'
    }
    if (Array.isArray(entry)) {
      if (typeof entry[0] === 'string') return this.#scanTagged(entry[0], entry, at)
      return entry[0] === SPARSE ? this.#scanSparse(entry, at) : this.#scanList(entry, at)
    }
    return this.#scanRecord(entry as Record<string, unknown>, at)
  }

  #scanRecord(entry: Readonly<Record<string, unknown>>, at: number): Shape {
    const isError = this.#errorRecords.has(at)
    for (const name of Object.keys(entry)) {
      if (name === '__proto__') throw this.#refuse(at, 'a property is named __proto__')
      if (isError && !errorRecord.has(name))
        throw this.#refuse(at, 'an error has a hidden property that errors do not have')
      const isOwn = isError && name === 'own'
      this.#name(entry[name], at, isOwn ? undefined : name)
      if (isOwn) this.#errorOwns.add(entry[name] as number)
    }
    return 'record'
  }

  #scanList(entry: readonly unknown[], at: number): Shape {
    const { limits } = this.#knowledge
    if (entry.length > limits.maxArrayLength)
      throw limitExceeded(limits, 'maxArrayLength', entry.length, this.pathOf(at))
    let holes = 0
    for (let index = 0; index < entry.length; index += 1) {
      if (entry[index] === HOLE) holes += 1
      else this.#name(entry[index], at, index)
    }
    if (holes > limits.maxHoles) throw limitExceeded(limits, 'maxHoles', holes, this.pathOf(at))
    return 'list'
  }

  #scanSparse(entry: readonly unknown[], at: number): Shape {
    const { limits } = this.#knowledge
    const length = entry[1]
    if (!isCount(length) || entry.length % 2 === 1)
      throw this.#refuse(at, 'a sparse array has no length, or an index no value')
    if (length > limits.maxArrayLength) throw limitExceeded(limits, 'maxArrayLength', length, this.pathOf(at))
    let before = -1
    for (let place = 2; place < entry.length; place += 2) {
      const index = entry[place]
      if (!isCount(index) || index <= before || index >= length)
        throw this.#refuse(at, 'an index of a sparse array is out of order')
      this.#name(entry[place + 1], at, index)
      before = index
    }
    const holes = length - (entry.length - 2) / 2
    if (holes > limits.maxHoles) throw limitExceeded(limits, 'maxHoles', holes, this.pathOf(at))
    return 'sparse'
  }

  #scanTagged(tag: string, entry: readonly unknown[], at: number): Shape {
    if (tag === 'Set' || tag === 'Map') {
      if (tag === 'Map' && entry.length % 2 === 0) throw this.#refuse(at, 'a Map has a key without a value')
      for (let place = 1; place < entry.length; place += 1) this.#name(entry[place], at, place - 1)
      return tag === 'Set' ? 'set' : 'map'
    }
    if (tag === 'null') return this.#scanNullPrototype(entry, at)
    if (tag === 'BigInt') return this.#scanBigInt(entry, at)
    if (leaves.has(tag)) return 'leaf'
    if (tag === 'ArrayBuffer') return this.#scanBytes(entry, at)
    if (tag === 'Object') return this.#scanBoxed(entry, at)
    if (tag === 'Buffer' || views.has(tag)) return this.#scanView(tag, entry, at)
    if (entry.length !== 2) throw this.#refuse(at, 'a tagged entry names more or less than one payload')
    if (errorTags.has(tag)) return this.#scanError(entry, at)
    return this.#scanModel(tag, entry, at)
  }

  #scanNullPrototype(entry: readonly unknown[], at: number): Shape {
    if (entry.length % 2 === 0) throw this.#refuse(at, 'an object has a name without a value')
    const names = new Set<unknown>()
    for (let place = 1; place < entry.length; place += 2) {
      const name = entry[place]
      if (typeof name !== 'string' || name === '__proto__' || names.has(name))
        throw this.#refuse(at, 'a property has no good name')
      names.add(name)
      this.#name(entry[place + 1], at, name)
    }
    return 'null'
  }

  #scanBigInt(entry: readonly unknown[], at: number): Shape {
    const { limits } = this.#knowledge
    const digits = entry[1]
    if (entry.length !== 2 || typeof digits !== 'string') throw this.#refuse(at, 'a bigint is no text of digits')
    const count = digits.startsWith('-') ? digits.length - 1 : digits.length
    if (count > limits.maxBigIntDigits) throw limitExceeded(limits, 'maxBigIntDigits', count, this.pathOf(at))
    return 'bigint'
  }

  #scanBytes(entry: readonly unknown[], at: number): Shape {
    const { limits } = this.#knowledge
    const base64 = entry[1]
    if (entry.length !== 2 || typeof base64 !== 'string') throw this.#refuse(at, 'an ArrayBuffer is no base64 text')
    const bytes = Math.floor((base64.length * 3) / 4) - (base64.match(/=+$/)?.[0].length ?? 0)
    if (bytes > limits.maxBinaryBytes) throw limitExceeded(limits, 'maxBinaryBytes', bytes, this.pathOf(at))
    return 'bytes'
  }

  #scanBoxed(entry: readonly unknown[], at: number): Shape {
    const inner = entry[1]
    if (entry.length !== 2) throw this.#refuse(at, 'a boxed primitive holds more or less than one')
    if (boxable.has(inner)) return 'boxed'
    this.#name(inner, at, undefined)
    const boxed = this.entries[inner as number]
    const isBigInt = Array.isArray(boxed) && boxed[0] === 'BigInt'
    if (boxed === null || inner === UNDEFINED || (typeof boxed === 'object' && !isBigInt))
      throw this.#refuse(at, 'what is boxed is no primitive')
    return 'boxed'
  }

  #scanView(tag: string, entry: readonly unknown[], at: number): Shape {
    this.#name(entry[1], at, undefined)
    const bytes = this.entries[entry[1] as number]
    const isWhole = entry.length === 2
    const isPart = entry.length === 4 && tag !== 'Buffer' && isCount(entry[2]) && isCount(entry[3])
    if (!Array.isArray(bytes) || bytes[0] !== 'ArrayBuffer' || !(isWhole || isPart))
      throw this.#refuse(at, 'a view is of no ArrayBuffer')
    return 'view'
  }

  #scanError(entry: readonly unknown[], at: number): Shape {
    const record = this.#namePayload(entry[1], at)
    const payload = this.entries[record]
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload) || record <= at)
      throw this.#refuse(at, 'an error names no record behind it')
    this.#errorRecords.add(record)
    return 'error'
  }

  #scanModel(tag: string, entry: readonly unknown[], at: number): Shape {
    const [, name = '', number] = modelTag.exec(tag) ?? []
    const model = this.#knowledge.registry.byTag.get(name)
    if (model === undefined)
      throw this.#refuse(
        at,
        'no model has the tag that this names: add the model to models, or the old tag to its aliases',
        'TAG_UNKNOWN',
      )
    const version = Number(number)
    if (version > model.version) {
      throw this.#refuse(
        at,
        `'${model.tag}' is of version ${version} here, and this build reads to ${model.version}: deploy the newer one`,
        'VERSION_NEWER',
      )
    }
    if (version < model.version && !model.upcast.has(version)) {
      throw this.#refuse(
        at,
        `'${model.tag}' is of version ${version} here, and has no upcast from it: give one`,
        'VERSION_OLDER',
      )
    }
    if (special.has(entry[1])) this.#name(entry[1], at, undefined)
    else this.#namePayload(entry[1], at)
    this.models.set(at, { model, version })
    return 'model'
  }

  #namePayload(ref: unknown, at: number): number {
    this.#name(ref, at, undefined)
    const payload = ref as number
    const isObject = typeof this.entries[payload] === 'object' && this.entries[payload] !== null
    if (isObject && this.#payloads.has(payload)) throw this.#refuse(at, 'two tags claim one payload')
    this.#payloads.add(payload)
    return payload
  }

  /** Takes note that the entry `at` names `ref`, by `how`. */
  #name(ref: unknown, at: number, how: Step): void {
    if (!isCount(ref) || ref >= this.entries.length) {
      if (special.has(ref)) return
      throw this.#refuse(at, 'an index names no entry')
    }
    if (ref === 0 || this.#parents[ref] !== -1) {
      if (ref <= at) this.#backward.push(ref)
      return
    }
    this.#parents[ref] = at
    this.#steps[ref] = how
    const depth = (this.#depths[at] ?? 0) + (how === undefined ? 0 : 1)
    this.#depths[ref] = depth
    const { limits } = this.#knowledge
    if (depth > limits.maxDepth && typeof this.entries[ref] === 'object')
      throw limitExceeded(limits, 'maxDepth', depth, this.pathOf(ref))
  }

  #refuse(at: number, remedy: string, code: BrineErrorCode = 'TEXT_INVALID'): BrineError {
    return new BrineError(code, remedy, { path: this.pathOf(at) })
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)
}

/** Whether entries of this shape can be built before all that name others. */
export function isLeafShape(shape: Shape | undefined): boolean {
  return shape !== undefined && leafShapes.has(shape)
}

const leafShapes: ReadonlySet<Shape> = new Set(['primitive', 'bigint', 'leaf', 'bytes', 'boxed', 'view'])
