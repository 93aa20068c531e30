import { BrineError, type BrineErrorCode } from '../errors.ts'
import { KeyCollisions } from '../limits/key-collisions.ts'
import { limitExceeded } from '../limits/limits.ts'
import { root, type Step } from '../path.ts'
import type { PathStart } from '../schema/path-start.ts'
import type { CodecContext } from './codec-context.ts'
import { levelsOf } from './depth.ts'
import { type Flat, isLeafShape, type Shape, type TaggedModel } from './flat.ts'
import { NAN, NEGATIVE_INFINITY, NEGATIVE_ZERO, POSITIVE_INFINITY, UNDEFINED } from './format.ts'
import { PatternEffort } from './pattern-effort.ts'
import { isCount, scanEntry } from './scan-entry.ts'
import { stepInto } from './step-into-entry.ts'

/** The negative indices that stand for values. A hole is one of an array's alone. */
export const special: ReadonlySet<unknown> = new Set([
  UNDEFINED,
  NAN,
  POSITIVE_INFINITY,
  NEGATIVE_INFINITY,
  NEGATIVE_ZERO,
])

const noModels: ReadonlyMap<number, TaggedModel> = new Map()

/**
 * Checks a parsed body, entry by entry, in one pass: shapes, ranges, known tags, limits, and that each entry is named by an
 * earlier one. devalue itself reads nonsense as something; this accepts what a writer could have written, and no more.
 *
 * Throws TEXT_INVALID, TAG_UNKNOWN, VERSION_NEWER, VERSION_OLDER and LIMIT_EXCEEDED, each with the path.
 */
export function scan(parsed: unknown, knowledge: Pick<CodecContext, 'registry' | 'limits'>, start: PathStart): Flat {
  return new Scanner(parsed, knowledge, start).run()
}

/** A scan under way, as the checks of single entries use it. */
export class Scanner implements Flat {
  readonly entries: readonly unknown[]
  readonly shapes: Shape[] = []
  models: ReadonlyMap<number, TaggedModel> = noModels
  forward = true
  dense = true
  readonly collisions = new KeyCollisions()
  readonly knowledge: Pick<CodecContext, 'registry' | 'limits'>
  readonly start: PathStart
  // Lists, not typed arrays: those take longer to make than most bodies take to scan.
  readonly #parents: number[]
  readonly #depths: number[]
  readonly #steps: Step[] = []
  // Made at need, which most bodies have for few of them.
  #patterns: PatternEffort | undefined
  #models: Map<number, TaggedModel> | undefined
  #tags: Map<string, TaggedModel> | undefined
  #payloads: Set<number> | undefined
  #errorRecords: Set<number> | undefined
  #errorOwns: Set<number> | undefined
  readonly #backward: number[] = []

  constructor(parsed: unknown, knowledge: Pick<CodecContext, 'registry' | 'limits'>, start: PathStart) {
    this.knowledge = knowledge
    this.start = start
    if (!Array.isArray(parsed) || parsed.length === 0) {
      throw new BrineError('TEXT_INVALID', 'the body is neither a list of entries nor a special value', { path: root })
    }
    const { limits } = knowledge
    if (parsed.length > limits.maxNodes) throw limitExceeded(limits, 'maxNodes', parsed.length, root)
    this.entries = parsed
    this.#parents = new Array<number>(parsed.length).fill(-1)
    this.#depths = new Array<number>(parsed.length).fill(0)
  }

  run(): Flat {
    this.#depths[0] = 1
    for (let at = 0; at < this.entries.length; at += 1) {
      if (at > 0 && this.#parents[at] === -1) throw this.refuse(at, 'an entry is named by none before it')
      this.shapes.push(scanEntry(this, this.entries[at], at))
    }
    // Primitives and leaves may be shared freely. Only what names others can close a cycle.
    this.forward = this.#backward.every((at) => isLeafShape(this.shapes[at]))
    for (const at of this.#errorOwns ?? [])
      if (this.shapes[at] !== 'record') throw this.refuse(at, "an error's own fields are no record")
    return this
  }

  get patterns(): PatternEffort {
    this.#patterns ??= new PatternEffort()
    return this.#patterns
  }

  /** The model of the entry `at`, which is found once for each tag. */
  takeModel(at: number, tag: string, find: () => TaggedModel): void {
    this.#tags ??= new Map()
    this.#models ??= new Map()
    this.models = this.#models
    // Most bodies name few models many times.
    let tagged = this.#tags.get(tag)
    if (tagged === undefined) {
      tagged = find()
      this.#tags.set(tag, tagged)
    }
    this.#models.set(at, tagged)
  }

  /** The records of errors, and among them those of their own fields, which stand for no object of the value's. */
  takeErrorRecord(at: number): void {
    this.#errorRecords ??= new Set()
    this.#errorRecords.add(at)
  }

  takeErrorOwn(at: number): void {
    this.#errorOwns ??= new Set()
    this.#errorOwns.add(at)
  }

  isErrorRecord(at: number): boolean {
    return this.#errorRecords?.has(at) === true
  }

  pathOf(at: number): string {
    const way: number[] = []
    for (let next = at; next > 0 && way.length <= this.entries.length; next = this.#parents[next] ?? -1) way.push(next)
    const end = way.reduceRight((before, next) => {
      const parent = this.#parents[next] ?? 0
      return stepInto(before, this.entries[parent], this.#steps[next], {
        model: this.models.get(parent)?.model,
        isOfError: this.isErrorRecord(parent) || this.#isExtras(parent),
      })
    }, this.start.way())
    return end.path
  }

  /** Whether an entry is the record of what an instance of an error has beside its fields. */
  #isExtras(at: number): boolean {
    const instance = this.#parents[at] ?? -1
    return this.models.has(instance) && (this.entries[instance] as readonly unknown[])[2] === at
  }

  namePayload(ref: unknown, at: number): number {
    this.name(ref, at, undefined)
    const payload = ref as number
    const isObject = typeof this.entries[payload] === 'object' && this.entries[payload] !== null
    if (isObject && this.#payloads?.has(payload)) throw this.refuse(at, 'two tags claim one payload')
    this.#payloads ??= new Set()
    this.#payloads.add(payload)
    return payload
  }

  /** Takes note that the entry `at` names `ref`, by `how`. */
  name(ref: unknown, at: number, how: Step): void {
    if (!isCount(ref) || ref >= this.entries.length) {
      if (special.has(ref)) return
      throw this.refuse(at, 'an index names no entry')
    }
    if (ref === 0 || this.#parents[ref] !== -1) {
      if (ref <= at) this.#backward.push(ref)
      return
    }
    this.#parents[ref] = at
    this.#steps[ref] = how
    const entry = this.entries[ref]
    // Depth is of objects within objects.
    if (typeof entry !== 'object' || entry === null) return
    const depth = (this.#depths[at] ?? 0) + levelsOf(how, isContainer(entry))
    this.#depths[ref] = depth
    const { limits } = this.knowledge
    if (depth > limits.maxDepth && !isBigInt(entry)) throw limitExceeded(limits, 'maxDepth', depth, this.pathOf(ref))
  }

  refuse(at: number, remedy: string, code: BrineErrorCode = 'TEXT_INVALID'): BrineError {
    return new BrineError(code, remedy, { path: this.pathOf(at) })
  }
}

function isContainer(entry: unknown): boolean {
  return Array.isArray(entry) && (typeof entry[0] !== 'string' || entry[0] === 'Map' || entry[0] === 'Set')
}

// Its entry is a list, but stands for no object.
function isBigInt(entry: object): boolean {
  return Array.isArray(entry) && entry[0] === 'BigInt'
}
