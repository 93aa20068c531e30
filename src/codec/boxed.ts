import type { WriteKind } from './codec-context.ts'
import { ownStrings, refuseExtra, refuseOwn } from './own-properties.ts'

/** What writes boxed primitives, by their prototypes: `new Number(1)` is an object of its own, and stays one. */
export const boxedWriters: ReadonlyMap<object, WriteKind> = new Map<object, WriteKind>([
  [Number.prototype, box(Number.prototype.valueOf)],
  [Boolean.prototype, box(Boolean.prototype.valueOf)],
  [BigInt.prototype, box(BigInt.prototype.valueOf)],
  [String.prototype, writeBoxedString],
])

function box(unwrap: (this: never) => unknown): WriteKind {
  return (node, body) => {
    refuseOwn(node, body)
    return `["Object",${body.ref(Reflect.apply(unwrap, node.value, []), node, undefined)}]`
  }
}

const valueOfString = String.prototype.valueOf

function writeBoxedString(...[node, body]: Parameters<WriteKind>): string {
  const value = valueOfString.call(node.value)
  // Its characters and its length are own properties of it; anything behind them was added.
  const extra = ownStrings(node, body)[value.length + 1]
  if (extra !== undefined) throw refuseExtra(node, extra, body)
  return `["Object",${body.ref(value, node, undefined)}]`
}
