import { BrineError, type BrineErrorCode } from '../errors.ts'
import type { Limits } from '../limits/limits.ts'
import { ownCode } from '../model/call-user-code.ts'
import { decodeInstance, raiseFields } from '../model/decode-instance.ts'
import { defineErrorExtras } from '../model/error-extras.ts'
import type { Model } from '../model/model.ts'
import { describeCopyOf } from '../realm/second-copy.ts'
import { Effort, visitsOf } from '../schema/effort.ts'
import { within } from '../schema/named-path.ts'
import { readArrayBuffer } from './bytes.ts'
import { eachComponent } from './components.ts'
import { defaultParseOperations } from './devalue.ts'
import { allocateTagged, populateError } from './error-values.ts'
import { fill } from './fill.ts'
import { type Flat, isLeafShape } from './flat.ts'
import { leaves, readBigInt } from './leaves.ts'
import { specialValues } from './special-values.ts'

type ViewTag = Parameters<typeof defaultParseOperations.fromViewInfo>[0]

/**
 * Builds the value of a scanned body, without recursion: leaves first, then a shell for whatever holds others, and then
 * their contents, from what is needed to what needs it. Entries become shells where they can: the body is used up.
 *
 * Throws TEXT_INVALID, UPCAST_FAILED, FIELDS_INVALID, EXTRA_PROPERTY, MODEL_THREW and CYCLE_THROUGH_DECODE, each with the path.
 */
export function build(flat: Flat, limits: Limits): unknown {
  return new Builder(flat, limits).run()
}

function hasOwnCode({ back }: Model): boolean {
  return back.kind === 'decode' || !back.byFields
}

class Builder {
  readonly #flat: Flat
  readonly #values: unknown[]
  readonly #effort: Effort

  readonly #value = (ref: unknown): unknown =>
    (ref as number) < 0 ? specialValues.get(ref) : this.#values[ref as number]

  constructor(flat: Flat, limits: Limits) {
    this.#flat = flat
    this.#effort = new Effort(visitsOf(limits))
    this.#values = new Array(flat.entries.length)
  }

  run(): unknown {
    const { entries, shapes } = this.#flat
    // Views and boxes stand on leaves, and may be named before them.
    const standing: number[] = []
    for (let at = 0; at < entries.length; at += 1) {
      const shape = shapes[at]
      if (shape === 'boxed' || shape === 'view') standing.push(at)
      else this.#values[at] = this.#allocate(at)
    }
    for (const at of standing) this.#values[at] = this.#stand(at, entries[at] as readonly unknown[])
    if (this.#flat.forward) this.#closeTree()
    else eachComponent(this.#flat, (members) => this.#close(members))
    return this.#values[0]
  }

  #allocate(at: number): unknown {
    const entry = this.#flat.entries[at]
    const tagged = entry as readonly unknown[]
    switch (this.#flat.shapes[at]) {
      case 'primitive':
        return entry
      case 'bigint':
        return this.#canonical(readBigInt(tagged), at)
      case 'leaf':
        return this.#readLeaf(tagged, at)
      case 'bytes':
        return this.#canonical(readArrayBuffer(tagged), at)
      case 'list':
        // Of a path that goes through a list that is filled, nothing could tell that it was one.
        return this.#flat.forward && this.#flat.dense ? entry : new Array(tagged.length)
      case 'sparse':
        return defaultParseOperations.createSparseArray(tagged[1] as number)
      case 'record':
        // Nobody else has what was just parsed.
        return entry
      case 'null':
        return Object.create(null)
      case 'set':
        return new Set()
      case 'map':
        return new Map()
      case 'error':
        return allocateTagged(tagged[0] as string)
      default:
        return this.#allocateInstance(at)
    }
  }

  #allocateInstance(at: number): unknown {
    const model = this.#flat.models.get(at)?.model
    if (model?.back.kind !== 'populate') return undefined
    const { allocate } = model.back
    const instance = this.#at(at, () => ownCode('allocate', allocate))
    if (typeof instance === 'object' && instance !== null && Object.getPrototypeOf(instance) === model.class.prototype)
      return instance
    const copy = describeCopyOf(instance, model.class)
    throw this.#refuse(at, copy ?? "the model's allocate gave no instance of exactly its class", 'MODEL_THREW')
  }

  #stand(at: number, entry: readonly unknown[]): unknown {
    const inner = this.#value(entry[1])
    const tag = entry[0] as string
    if (tag === 'Object') return defaultParseOperations.box(inner)
    const bytes = inner as ArrayBuffer
    if (tag === 'Buffer') return Buffer.from(bytes)
    try {
      return defaultParseOperations.fromViewInfo(
        tag as ViewTag,
        bytes,
        entry[2] as number | undefined,
        entry[3] as number | undefined,
      )
    } catch {
      throw this.#refuse(at, 'a view does not fit its bytes')
    }
  }

  #readLeaf(entry: readonly unknown[], at: number): unknown {
    const leaf = leaves.get(entry[0] as string)
    try {
      return this.#canonical(leaf?.read(entry), at)
    } catch (error) {
      if (error instanceof BrineError) throw error
      // A pattern or an address that the platform refuses. What it says of it would quote it.
      throw this.#refuse(at, `a ${entry[0]} cannot be made of its text`)
    }
  }

  #canonical<T>(value: T | undefined, at: number): T {
    if (value === undefined) throw this.#refuse(at, 'a value is not as a writer writes it')
    return value
  }

  // Each object stands behind all that name it, so going backwards is going from what is needed to what needs it.
  #closeTree(): void {
    const { shapes } = this.#flat
    for (let at = shapes.length - 1; at >= 0; at -= 1) {
      if (isLeafShape(shapes[at])) continue
      this.#fill(at)
      this.#populate(at)
    }
  }

  #close(members: readonly number[]): void {
    for (const at of members) this.#fill(at)
    const [only = 0] = members
    if (members.length === 1 && this.#fieldsOf(only) !== only) this.#populate(only)
    else this.#populateCycle(members)
  }

  #populateCycle(members: readonly number[]): void {
    // What upcasters see of each other in a cycle does not hang on where the text begins: instances, none populated yet.
    const raised = new Map<number, unknown>()
    for (const at of members) if (this.#isOlder(at)) raised.set(at, this.#raise(at))
    const waiting = new Set(members)
    for (const member of members) {
      // Fields that are an instance themselves are populated first.
      const chain: number[] = []
      let next = member
      for (; waiting.delete(next); next = this.#fieldsOf(next)) chain.push(next)
      if (chain.includes(next)) throw this.#refuse(next, 'an instance is its own fields')
      for (const at of chain.reverse()) this.#populate(at, raised)
    }
  }

  #fieldsOf(at: number): number {
    return this.#flat.shapes[at] === 'model' ? ((this.#flat.entries[at] as readonly number[])[1] ?? -1) : -1
  }

  #fill(at: number): void {
    const wrong = fill(this.#flat, at, this.#values[at], this.#value)
    if (wrong !== undefined) throw this.#refuse(at, wrong)
  }

  #populate(at: number, raised?: ReadonlyMap<number, unknown>): void {
    const shape = this.#flat.shapes[at]
    if (shape === 'error') {
      if (!populateError(this.#values[at] as object, this.#payload(at) as Record<string, unknown>))
        throw this.#refuse(at, 'an error is not as a writer writes it')
      return
    }
    const tagged = shape === 'model' ? this.#flat.models.get(at) : undefined
    if (tagged === undefined) return
    const fields = raised?.has(at) ? raised.get(at) : this.#raise(at)
    if (hasOwnCode(tagged.model)) this.#flat.collisions.takeFields(fields, () => this.#flat.pathOf(at))
    const instance = this.#at(at, () => decodeInstance(tagged.model, fields, this.#values[at], this.#effort))
    this.#values[at] = instance
    const { [2]: extras } = this.#flat.entries[at] as readonly unknown[]
    if (extras !== undefined && !defineErrorExtras(instance as object, this.#value(extras)))
      throw this.#refuse(at, 'an error is not as a writer writes it')
  }

  #isOlder(at: number): boolean {
    const tagged = this.#flat.models.get(at)
    return tagged !== undefined && tagged.version < tagged.model.version
  }

  /** The fields of an instance, as its model has them today. */
  #raise(at: number): unknown {
    const tagged = this.#flat.models.get(at)
    const stored = this.#payload(at)
    return tagged !== undefined && this.#isOlder(at) ? this.#at(at, () => raiseFields(tagged, stored)) : stored
  }

  #payload(at: number): unknown {
    return this.#value((this.#flat.entries[at] as readonly unknown[])[1])
  }

  /** Whatever a model refuses, it says of the instance: here is where that stands. */
  #at<T>(at: number, run: () => T): T {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof BrineError)) throw error
      throw within(this.#flat.pathOf(at), error, this.#flat.start.names())
    }
  }

  #refuse(at: number, remedy: string, code: BrineErrorCode = 'TEXT_INVALID'): BrineError {
    return new BrineError(code, remedy, { path: this.#flat.pathOf(at) })
  }
}
