import { BrineError } from '../../errors.ts'
import { refuseStandIns } from '../form/names.ts'

/** What an object says that it holds, where it is a list, a Set or a Map. */
export interface ContainerForm {
  readonly array?: readonly unknown[]
  readonly set?: readonly unknown[]
  readonly map?: readonly [unknown, unknown][]
}

/** Reads `{ "$array": […] }`, `{ "$set": […] }` and `{ "$map": [[key, value], …] }`, each with or without an `$id`. */
export function formOf(given: unknown): ContainerForm | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const names = Object.keys(given).filter((name) => name !== '$id')
  if (names.length !== 1) return undefined
  const { $array, $set, $map } = given as Readonly<Record<string, unknown>>
  if (Array.isArray($array)) return { array: $array }
  if (Array.isArray($set)) return { set: $set }
  return isPairs($map) ? { map: $map } : undefined
}

const expectations: Readonly<Record<string, string>> = {
  $array: 'a list',
  $set: 'a list',
  $map: 'a list of [key, value]',
  $hole: 'its place in a list, and true',
}

/** Throws PAYLOAD_INVALID for one that is filled with something else. */
export function refuseMisfilled(given: object, path: string): void {
  const [name = '', ...others] = Object.keys(given).filter((one) => one !== '$id')
  const expectation = others.length === 0 && Object.hasOwn(expectations, name) ? expectations[name] : undefined
  if (expectation === undefined || formOf(given)) return
  const list: unknown = Reflect.get(given, name)
  const last: unknown = Array.isArray(list) ? list.at(-1) : undefined
  if (isPlain(last)) refuseStandIns(last, path, () => false)
  throw new BrineError('PAYLOAD_INVALID', `${name} takes ${expectation}`, { path })
}

/** Whether it is a list of pairs, as a Map is written. */
export function isPairs(given: unknown): given is [unknown, unknown][] {
  return Array.isArray(given) && given.every((pair) => Array.isArray(pair) && pair.length === 2)
}

/** Whether an element is none. */
export function isHole(given: unknown): boolean {
  return (
    typeof given === 'object' &&
    given !== null &&
    Reflect.get(given, '$hole') === true &&
    Object.keys(given).length === 1
  )
}

/** An object of JSON's. */
export type Plain = Readonly<Record<string, unknown>>

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Whether a member only says which object this is. */
export function isId(given: Plain, name: string): boolean {
  return name === '$id' && Number.isSafeInteger(given[name])
}

/** By which others in the document name it. */
export function idOf(given: unknown): number | undefined {
  const id: unknown = isPlain(given) ? given['$id'] : undefined
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined
}
