import { types } from 'node:util'
import { root } from '../../path.ts'
import { builtInOf } from '../../realm/built-in-of.ts'
import { isError } from '../../realm/is-error.ts'
import { Effort, visitsOf } from '../../schema/effort.ts'
import type { PathStart } from '../../schema/path-start.ts'
import type { Way } from '../../schema/way.ts'
import { BodyWriter } from '../body-writer.ts'
import type { CodecContext, WriteKind } from '../codec-context.ts'
import { isDisguised, writeArray, writeMap, writeNullPrototype, writePlain, writeSet } from '../containers.ts'
import { decimalDigits } from '../decimal-digits.ts'
import { errorWriters } from '../error-values.ts'
import { ReadMemo } from '../fields/read-memo.ts'
import { degradeArray, degradeMap, degradePlain, degradeSet } from './degrade-containers.ts'
import { allocateLike, degradeError } from './degrade-error.ts'
import { degradeInstance, isTaken, type Settled } from './degrade-instance.ts'
import { nothing, type PartTaker } from './part-taker.ts'
import { sayOmitted } from './say-omitted.ts'

/** How much may travel of a failure. */
export interface Room {
  /** Characters of all its texts, and of one of them. */
  readonly chars: number
  readonly longest: number
  /** Values of any kind. */
  readonly nodes: number
  /** Of objects, only errors travel, and as the built-in ones. */
  readonly bare: boolean
}

export interface DegradeOptions {
  readonly knowledge: CodecContext
  readonly start: PathStart
  readonly room: Room
  /** How often a body was refused for what is at these paths, which have all names: see `Way.key`. */
  readonly refused: ReadonlyMap<string, number>
}

export interface Degraded {
  /** `nothing` when nothing of the whole can travel. */
  readonly value: unknown
  readonly memo: ReadMemo
  /** The paths of what was left out, when no error says so itself. */
  readonly unsaid: readonly string[]
}

const mostPasses = 5

/**
 * Gives of a failure what can travel: copies of its containers and plain errors, without the parts that cannot, and its instances,
 * with the fields that are to be written of them. What cannot travel degrades alone:
 *
 * - An error of a class without a model becomes the built-in error that it extends, with its name, message and own data.
 * - A function, a promise, an accessor, an instance of another class without a model, and what is over a limit are left out, and
 *   the outermost error lists their paths in `omitted`.
 * - An instance whose model refuses what is left of its fields is degraded as one without a model.
 */
export function degrade(thrown: unknown, options: DegradeOptions): Degraded {
  const declassed = new Set<object>()
  for (let passes = 1; ; passes += 1) {
    const room = { ...options.room, bare: options.room.bare || passes > mostPasses }
    const known = declassed.size
    const degraded = new Degrader({ ...options, room }, declassed).run(thrown)
    if (declassed.size === known) return degraded
  }
}

/** What the walk goes into. Other built-ins travel whole, or not at all. */
const walked: ReadonlySet<WriteKind> = new Set([
  ...[writeArray, writeMap, writeNullPrototype, writePlain, writeSet],
  ...errorWriters.values(),
])

class Degrader implements PartTaker {
  readonly stacks: boolean
  readonly #options: DegradeOptions
  readonly #declassed: Set<object>
  readonly #omitted: string[] = []
  readonly #copies = new Map<object, object>()
  readonly #instances = new Map<object, Settled>()
  readonly #queue: (() => void)[] = []
  #depth = 0
  #chars: number
  #nodes: number

  constructor(options: DegradeOptions, declassed: Set<object>) {
    this.#options = options
    this.#declassed = declassed
    this.stacks = options.knowledge.stacks
    this.#chars = options.room.chars
    this.#nodes = options.room.nodes
  }

  run(thrown: unknown): Degraded {
    const value = this.take(thrown, this.#options.start.way())
    // A queue, not a recursion: a failure may be as deep as its author likes. It grows while it is worked off.
    for (const fill of this.#queue) fill()
    this.#checkInstances()
    const isSaid = sayOmitted(value, this.#instances.get(value as object), this.#omitted)
    const memo = new ReadMemo(true)
    for (const [instance, { fields, extras }] of this.#instances)
      memo.settle(instance, fields, Object.keys(extras).length > 0 ? extras : undefined)
    return { value, memo, unsaid: isSaid ? [] : this.#omitted }
  }

  get left(): number {
    return this.#nodes
  }

  omit(way: Way): void {
    this.omitAt(way.path)
  }

  omitAt(path: string): void {
    if (this.#omitted.length < mostOmitted) this.#omitted.push(path)
  }

  take(value: unknown, way: Way): unknown {
    const taken = this.#take(value, way)
    if (taken === nothing) this.omit(way)
    return taken
  }

  text(text: string, way: Way): string {
    const { longest } = this.#options.room
    if (text.length > longest) this.omit(way)
    const kept = text.length > longest ? `${text.slice(0, Math.min(longest, longestCut))}…` : text
    this.#chars -= kept.length
    return kept
  }

  #take(value: unknown, way: Way): unknown {
    this.#nodes -= 1
    if (this.#nodes < 0) return nothing
    switch (typeof value) {
      case 'string':
        return this.#spend(value.length) ? value : nothing
      case 'bigint':
        return typeof decimalDigits(value, this.#options.knowledge.limits.maxBigIntDigits) === 'string'
          ? value
          : nothing
      case 'function':
      case 'symbol':
        return nothing
      case 'object':
        try {
          return value === null ? null : this.#takeObject(value, way)
        } catch {
          // Looking at it threw, as a proxy does.
          return nothing
        }
      default:
        return value
    }
  }

  #spend(chars: number): boolean {
    if (chars > this.#options.room.longest || chars > this.#chars) return false
    this.#chars -= chars
    return true
  }

  #takeObject(value: object, way: Way): unknown {
    const known = this.#copies.get(value)
    if (known) return known
    const { knowledge, refused, room } = this.#options
    if (this.#depth >= knowledge.limits.maxDepth) return nothing
    const times = refused.get(way.key) ?? 0
    const prototype: object | null = Object.getPrototypeOf(value)
    const model = prototype === null ? undefined : knowledge.registry.byPrototype.get(prototype)
    // An instance that a body cannot hold first loses what it has beside its fields, then its class, and at last goes itself.
    if (model && !room.bare && times < 2 && !this.#declassed.has(value)) {
      return this.#copy(value, value, () => {
        this.#declassed.add(value)
        const settled = degradeInstance(model, value, way, { taker: this, withExtras: times === 0 })
        if (settled === undefined) return
        this.#instances.set(value, settled)
        this.#declassed.delete(value)
      })
    }
    const write = knowledge.builtIns.get(prototype) ?? knowledge.builtIns.get(builtInOf(value, prototype) ?? nobody)
    if (write && !walked.has(write) && times === 0 && !room.bare && this.#travels(value)) return value
    if (isError(value) && (way.key === root || times < (model ? 3 : 1))) {
      const copy = allocateLike(value)
      return this.#copy(value, copy, () => degradeError(value, copy, way, this))
    }
    return room.bare || times > 0 ? nothing : this.#takeContainer(value, write, way)
  }

  #takeContainer(value: object, write: WriteKind | undefined, way: Way): unknown {
    const { maxArrayLength, maxHoles } = this.#options.knowledge.limits
    if (write === writeArray && Array.isArray(value)) {
      const holes = value.length > maxArrayLength ? Number.POSITIVE_INFINITY : value.length - Object.keys(value).length
      const copy: unknown[] = []
      return holes > maxHoles ? nothing : this.#copy(value, copy, () => degradeArray(value, copy, way, this))
    }
    if (write === writeMap && types.isMap(value)) {
      const copy = new Map()
      return this.#copy(value, copy, () => degradeMap(value, copy, way, this))
    }
    if (write === writeSet && types.isSet(value)) {
      const copy = new Set()
      return this.#copy(value, copy, () => degradeSet(value, copy, way, this))
    }
    if ((write !== writePlain && write !== writeNullPrototype) || isDisguised(value)) return nothing
    const copy: object = write === writePlain ? {} : Object.create(null)
    return this.#copy(value, copy, () => degradePlain(value, copy, way, this))
  }

  #copy<T extends object>(value: object, copy: T, fill: () => void): T {
    this.#copies.set(value, copy)
    const depth = this.#depth + 1
    this.#queue.push(() => {
      this.#depth = depth
      try {
        fill()
      } catch {
        // A proxy threw when it was looked into: what was taken of it before stays.
      }
    })
    return copy
  }

  /** Whether a built-in that holds no values of others can be written. */
  #travels(value: object): boolean {
    try {
      return this.#spend(
        new BodyWriter(this.#options.knowledge, new ReadMemo(), this.#options.start).write(value).length,
      )
    } catch {
      return false
    }
  }

  #checkInstances(): void {
    const effort = new Effort(visitsOf(this.#options.knowledge.limits))
    for (const [instance, settled] of this.#instances) if (!isTaken(settled, effort)) this.#declassed.add(instance)
  }
}

/** What no class has for its prototype. */
const nobody: object = Object.freeze({})
const longestCut = 10_000
const mostOmitted = 1_000
