import { types } from 'node:util'
import { builtInOf } from './built-in-of.ts'
import { classOf, copyLeaf } from './copy-leaf.ts'

/**
 * `value` as it will come back: the built-ins of other realms in it, and the Dates of fake timers, replaced by those of this realm.
 * It is the value itself when it holds none. Otherwise the containers are copied, their shared references and cycles kept;
 * instances of other classes are passed on as they are, and nothing of theirs is looked at.
 *
 * Schemas need this: `z.date()`, `z.map()` and their like ask `instanceof`, so they know the classes of this realm alone.
 */
export function inThisRealm(value: unknown): unknown {
  return holdsForeign(value) ? new Copy().of(value) : value
}

const containers: ReadonlySet<object | null> = new Set([
  ...[Object.prototype, Array.prototype, Map.prototype, Set.prototype, null],
])

function holdsForeign(value: unknown): boolean {
  const met = new Set<unknown>()
  const open = [value]
  while (open.length > 0) {
    const part = open.pop()
    if (typeof part !== 'object' || part === null || types.isProxy(part) || met.has(part)) continue
    met.add(part)
    const prototype: object | null = Object.getPrototypeOf(part)
    if (containers.has(prototype)) {
      for (const inner of partsOf(part)) open.push(inner)
      continue
    }
    const builtIn = builtInOf(part, prototype)
    if (builtIn !== undefined && builtIn !== prototype) return true
    // An error of this realm may have one of another as its cause.
    if (types.isNativeError(part) && builtIn !== undefined) for (const inner of partsOf(part)) open.push(inner)
  }
  return false
}

const { forEach: eachEntry } = Map.prototype
const { forEach: eachMember } = Set.prototype

function partsOf(container: object): unknown[] {
  const parts: unknown[] = []
  if (types.isMap(container)) eachEntry.call(container, (inner, key) => parts.push(key, inner))
  else if (types.isSet(container)) eachMember.call(container, (member) => parts.push(member))
  for (const name of Reflect.ownKeys(container)) {
    parts.push(Object.getOwnPropertyDescriptor(container, name)?.value)
  }
  return parts
}

/** One graph on its way into this realm. Shells are filled in turn, not recursively: graphs may be deeper than the stack. */
class Copy {
  readonly #copies = new Map<object, unknown>()
  readonly #open: (() => void)[] = []

  of(value: unknown): unknown {
    const copy = this.#copyOf(value)
    for (let fill = this.#open.pop(); fill; fill = this.#open.pop()) fill()
    return copy
  }

  #copyOf(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return value
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    const prototype: object | null = Object.getPrototypeOf(value)
    const builtIn = prototype === null ? null : builtInOf(value, prototype)
    const copy = builtIn === undefined ? value : this.#make(value, builtIn, prototype)
    this.#copies.set(value, copy)
    return copy
  }

  #make(value: object, builtIn: object | null, prototype: object | null): unknown {
    try {
      if (builtIn === null || containers.has(builtIn)) return this.#container(value, builtIn)
      if (types.isNativeError(value)) return this.#properties(value, Reflect.construct(Error, [], classOf(builtIn)))
      return builtIn === prototype ? value : copyLeaf(value, builtIn)
    } catch {
      // It has borrowed its prototype. The codec refuses it, with its path.
      return value
    }
  }

  #container(value: object, builtIn: object | null): object {
    if (builtIn === Map.prototype) {
      const copy = new Map()
      const entries: [unknown, unknown][] = []
      eachEntry.call(value, (inner, key) => entries.push([key, inner]))
      this.#open.push(() => {
        for (const [key, inner] of entries) copy.set(this.#copyOf(key), this.#copyOf(inner))
      })
      return copy
    }
    if (builtIn === Set.prototype) {
      const copy = new Set()
      const members: unknown[] = []
      eachMember.call(value, (member) => members.push(member))
      this.#open.push(() => {
        for (const member of members) copy.add(this.#copyOf(member))
      })
      return copy
    }
    return this.#properties(value, Array.isArray(value) ? [] : Object.create(builtIn))
  }

  // Accessors are copied as they are: whether they may run is for others to decide.
  #properties(from: object, to: object): object {
    this.#open.push(() => {
      for (const name of Reflect.ownKeys(from)) {
        const property = Object.getOwnPropertyDescriptor(from, name)
        if (property === undefined || (name === 'stack' && types.isNativeError(from))) continue
        if ('value' in property) property.value = this.#copyOf(property.value)
        Object.defineProperty(to, name, property)
      }
    })
    return to
  }
}
