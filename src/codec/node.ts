import { types } from 'node:util'
import { errorExtras } from '../model/error-extras.ts'
import type { Registry } from '../model/registry.ts'
import type { Holder, Step } from '../path.ts'
import { builtInOf } from '../realm/built-in-of.ts'
import type { Way } from '../schema/way.ts'

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

/** How paths lead to a node, from the way that the walk came. */
export function wayTo(node: Node, start: Way, registry: Registry): Way {
  const nodes: Node[] = []
  for (let at: Node | undefined = node; at !== undefined; at = at.from) nodes.push(at)
  return nodes.reduceRight((way, { from, step }) => (from ? stepInto(way, from.value, step, registry) : way), start)
}

/** One more step on a way, into an object that was looked into before. */
export function stepInto(way: Way, value: object, step: Step, registry: Registry): Way {
  if (typeof step === 'number') return way.part(holderOf(value), step)
  // Its traps may throw, now that they have been asked once.
  if (types.isProxy(value)) return step === undefined ? way : way.name(step, -1)
  const prototype: object | null = Object.getPrototypeOf(value)
  if (step === undefined) {
    const model = prototype === null ? undefined : registry.byPrototype.get(prototype)
    return model ? way.fields(model.fields) : way
  }
  const isError = types.isNativeError(value)
  if (isError && errorExtras.has(step)) return way.known(step)
  return way.name(step, isError || isPlain(value, prototype) ? Object.keys(value).indexOf(step) : -1)
}

// The position of a property beside the members of a container would read as that of a member.
function isPlain(value: object, prototype: object | null): boolean {
  return prototype === null || (builtInOf(value, prototype) ?? prototype) === Object.prototype
}

function holderOf(value: object): Holder {
  if (types.isMap(value)) return 'map'
  return types.isSet(value) ? 'set' : 'record'
}
