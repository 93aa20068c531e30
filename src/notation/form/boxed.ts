import { types } from 'node:util'

const boxes = [
  ['Number', types.isNumberObject, Number.prototype.valueOf],
  ['String', types.isStringObject, String.prototype.valueOf],
  ['Boolean', types.isBooleanObject, Boolean.prototype.valueOf],
  ['BigInt', types.isBigIntObject, BigInt.prototype.valueOf],
] as const

/** The primitive in an object such as `new Number(1)`, and what the object is called; undefined for any other value. */
export function boxedIn(value: unknown): { readonly label: string; readonly primitive: unknown } | undefined {
  for (const [label, is, read] of boxes) {
    if (is(value)) return { label, primitive: Reflect.apply(read, value, []) }
  }
  return undefined
}
