import { types } from 'node:util'
import { type Holder, root, type Step, step } from '../path.ts'

/** An object on its way into a body: its entry, and how the walk came to it. */
export interface Node {
  readonly value: object
  /** The index of its entry. */
  readonly at: number
  readonly from: Node | undefined
  readonly step: Step
  /** Of objects within objects, known once its turn has come. */
  depth: number
}

/** Where a node stands, from the way that the walk came. */
export function pathOf(node: Node): string {
  const steps: Node[] = []
  for (let at: Node | undefined = node; at !== undefined; at = at.from) steps.push(at)
  return steps.reduceRight(
    (path, { from, step: at }) => (from === undefined ? path : step(path, holderOf(from.value), at)),
    root,
  )
}

/** How paths lead on from an object. */
export function holderOf(value: object): Holder {
  if (types.isMap(value)) return 'map'
  return types.isSet(value) ? 'set' : 'record'
}
