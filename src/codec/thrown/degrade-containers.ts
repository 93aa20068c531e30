import type { Way } from '../../schema/way.ts'
import { nothing, ownParts, type PartTaker } from './part-taker.ts'

/** Fills a copy of a plain object. */
export function degradePlain(given: object, copy: object, way: Way, taker: PartTaker): void {
  const reserved = taker.left / 2
  for (const { name, value, way: at } of ownParts(given, way, taker)) {
    if (taker.left <= reserved) {
      taker.omit(at)
      break
    }
    const taken = taker.take(value, at)
    if (taken !== nothing)
      Object.defineProperty(copy, name, { value: taken, enumerable: true, writable: true, configurable: true })
  }
}

/** Fills a copy of an array. What is left out becomes undefined, so that the others keep their places. */
export function degradeArray(given: readonly unknown[], copy: unknown[], way: Way, taker: PartTaker): void {
  copy.length = given.length
  const reserved = taker.left / 2
  for (const name of Reflect.ownKeys(given)) {
    if (name === 'length') continue
    const index = Number(typeof name === 'symbol' ? -1 : name)
    if (!(index >= 0 && index < given.length && `${index}` === name)) {
      if (typeof name === 'symbol') taker.omitAt(`${way.path}[symbol]`)
      else taker.omit(way.name(name, -1))
      continue
    }
    const at = way.part('list', index)
    if (taker.left <= reserved) {
      copy.length = index
      taker.omit(at)
      break
    }
    const property = Object.getOwnPropertyDescriptor(given, name)
    const taken = property && 'value' in property ? taker.take(property.value, at) : nothing
    if (property && !('value' in property)) taker.omit(at)
    copy[index] = taken === nothing ? undefined : taken
  }
}

const eachEntry = Map.prototype.forEach
const eachMember = Set.prototype.forEach

/** Fills a copy of a Map: of an entry both travel, or neither. */
export function degradeMap(given: object, copy: Map<unknown, unknown>, way: Way, taker: PartTaker): void {
  const reserved = taker.left / 2
  let position = 0
  let isCut = false
  eachEntry.call(given, (value, key) => {
    const at = position++
    if (isCut) return
    isCut = taker.left <= reserved
    if (isCut) return taker.omit(way.part('map', 2 * at))
    const takenKey = taker.take(key, way.part('map', 2 * at))
    const taken = takenKey === nothing ? nothing : taker.take(value, way.part('map', 2 * at + 1))
    if (taken !== nothing) copy.set(takenKey, taken)
  })
}

export function degradeSet(given: object, copy: Set<unknown>, way: Way, taker: PartTaker): void {
  const reserved = taker.left / 2
  let position = 0
  let isCut = false
  eachMember.call(given, (member) => {
    const at = position++
    if (isCut) return
    isCut = taker.left <= reserved
    if (isCut) return taker.omit(way.part('set', at))
    const taken = taker.take(member, way.part('set', at))
    if (taken !== nothing) copy.add(taken)
  })
}
