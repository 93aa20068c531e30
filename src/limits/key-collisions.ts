import { BrineError } from '../errors.ts'

/** So many keys of one Map or Set cost nothing, whatever they are. */
export const fewKeys = 256
const mostComparisons = 8_000_000

/**
 * What the numbers of one text cost as keys of Maps, members of Sets and names of properties.
 *
 * V8 hashes numbers and bigints without a seed, so a stranger can choose thousands that fall into one bucket: 49,000 of them
 * take seconds to put into a Set, here and again in whatever copies it, and each look-up in a handler is slow. Strings and
 * objects are hashed with a seed; but names of properties that are integers are gathered as numbers by whatever lists or copies
 * them, such as `Object.entries` and `{ ...value }`. So the numbers are counted by V8's own hash before any is put anywhere:
 * numbers that came about by themselves spread, and none of these is refused.
 *
 * On an engine that hashes otherwise these counts mean nothing: bench/hash-canary.ts measures whether this one does.
 *
 * Source: V8, src/numbers/hash-seed-inl.h and src/utils/utils.h, ComputeUnseededHash and ComputeLongHash.
 */
export class KeyCollisions {
  #left = mostComparisons
  #costs: Map<object, number> | undefined

  /** Counts those of `keys`, of one Map or Set, that are numbers. Throws LIMIT_EXCEEDED, with the path that `path` gives. */
  take(keys: readonly unknown[], path: () => string): void {
    if (keys.length <= fewKeys) return
    const numbers = keys.filter(isNumber)
    if (numbers.length > fewKeys) this.#count(numbers, path)
  }

  /** The same for the names of an object's properties. */
  takeNames(names: readonly string[], path: () => string): void {
    if (names.length <= fewKeys) return
    const numbers = integersOf(names).map(Number)
    if (numbers.length > fewKeys) this.#count(numbers, path)
  }

  /**
   * The same for the long lists among fields that a model's own code is about to build from: they are what its Maps and Sets travel
   * as. Of lists of lists it is the first elements, which are the keys. A list that many share is counted once, and costs each.
   */
  takeFields(fields: unknown, path: () => string): void {
    for (const list of longLists(fields)) this.#takeShared(list, list.length, () => distinctNumbers(list), path)
  }

  /** The same for a Map or Set that is about to be copied. One that occurs many times costs the same each time. */
  takeCopy(container: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>, path: () => string): void {
    const { size } = container
    if (size > fewKeys) this.#takeShared(container, size, () => [...container.keys()].filter(isNumber), path)
  }

  /** Counts the cost of the keys once, and spends it each time. */
  #takeShared(holder: object, size: number, keys: () => readonly (number | bigint)[], path: () => string): void {
    this.#costs ??= new Map()
    let cost = this.#costs.get(holder)
    if (cost === undefined) {
      cost = comparisonsOf(keys())
      this.#costs.set(holder, cost)
    }
    if (cost > 0) this.#spend(cost, size, path)
  }

  #count(numbers: readonly (number | bigint)[], path: () => string): void {
    this.#spend(comparisonsOf(numbers), numbers.length, path)
  }

  #spend(comparisons: number, among: number, path: () => string): void {
    this.#left -= comparisons
    if (this.#left >= 0) return
    throw new BrineError(
      'LIMIT_EXCEEDED',
      `numbers that collide as keys cost more than ${mostComparisons} comparisons here, ${among} of them in this one; send them as texts in a Map or Set, or in an array`,
      { path: path() },
    )
  }
}

function isNumber(key: unknown): key is number | bigint {
  return typeof key === 'number' || typeof key === 'bigint'
}

function comparisonsOf(numbers: readonly (number | bigint)[]): number {
  // Fewer buckets than V8 has at this size: what falls together there, falls together here.
  const mask = 2 ** (31 - Math.clz32(numbers.length) - 2) - 1
  const buckets = new Uint32Array(mask + 1)
  let comparisons = 0
  for (const number of numbers) {
    const bucket = hashOf(number) & mask
    const before = buckets[bucket] ?? 0
    comparisons += before
    buckets[bucket] = before + 1
  }
  return comparisons
}

/** Whether fields hold lists whose numbers are to be counted: see `takeFields`. */
export function hasManyNumbers(fields: unknown): boolean {
  return longLists(fields).some((list) => distinctNumbers(list).length > fewKeys)
}

function longLists(fields: unknown): (readonly unknown[])[] {
  if (typeof fields !== 'object' || fields === null) return []
  const held: unknown[] = Array.isArray(fields) ? [fields] : Object.values(fields)
  return held.filter((list) => Array.isArray(list)).filter(({ length }) => length > fewKeys)
}

function distinctNumbers(list: readonly unknown[]): (number | bigint)[] {
  const numbers: (number | bigint)[] = []
  for (const element of list) {
    const key: unknown = Array.isArray(element) ? element[0] : element
    if (isNumber(key)) numbers.push(key)
  }
  numbers.sort((one, other) => (one < other ? -1 : Number(one > other)))
  return numbers.filter((number, index) => index === 0 || number !== numbers[index - 1])
}

/** Whether so many of an object's names are integers that what they cost is to be counted. */
export function hasManyIntegers(names: readonly string[]): boolean {
  return names.length > fewKeys && integersOf(names).length > fewKeys
}

function integersOf(names: readonly string[]): string[] {
  return names.filter((name) => integer.test(name))
}

const integer = /^(?:0|[1-9]\d{0,9})$/

function hashOf(key: number | bigint): number {
  if (typeof key === 'bigint') return hashOfLong(BigInt.asUintN(64, key < 0n ? -key : key))
  return (key | 0) === key ? hashOfInteger(key) : hashOfDouble(key)
}

function hashOfInteger(key: number): number {
  let hash = key | 0
  hash = (~hash + (hash << 15)) | 0
  hash ^= hash >>> 12
  hash = (hash + (hash << 2)) | 0
  hash ^= hash >>> 4
  hash = Math.imul(hash, 2057)
  return hash ^ (hash >>> 16)
}

const double = new Float64Array(1)
const bits = new BigUint64Array(double.buffer)

function hashOfDouble(key: number): number {
  double[0] = key
  return hashOfLong(bits[0] ?? 0n)
}

function hashOfLong(key: bigint): number {
  const long = (value: bigint) => BigInt.asUintN(64, value)
  let hash = long(~key + (key << 18n))
  hash ^= hash >> 31n
  hash = long(hash * 21n)
  hash ^= hash >> 11n
  hash = long(hash + (hash << 6n))
  hash ^= hash >> 22n
  return Number(BigInt.asUintN(32, hash))
}
