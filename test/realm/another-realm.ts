import { createContext, runInContext } from 'node:vm'

const context = createContext({})

/** The value of an expression in a realm of its own, as jest, vitest's vm pools and node:vm have them. */
export function inAnotherRealm(expression: string): unknown {
  return runInContext(`(${expression})`, context)
}

const rebuild = inAnotherRealm(`function rebuild(value, known = new Map()) {
  if (typeof value !== 'object' || value === null) return value
  if (known.has(value)) return known.get(value)
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  if (kind === 'Date') return new Date(value.getTime())
  const copy = kind === 'Array' ? [] : kind === 'Map' ? new Map() : kind === 'Set' ? new Set() : {}
  known.set(value, copy)
  if (kind === 'Map') for (const [key, inner] of value) copy.set(rebuild(key, known), rebuild(inner, known))
  else if (kind === 'Set') for (const member of value) copy.add(rebuild(member, known))
  else for (const key of Object.keys(value)) copy[key] = rebuild(value[key], known)
  return copy
}`) as (value: unknown) => unknown

/** A copy of plain data, Maps, Sets and Dates, made in another realm. */
export function asForeign(value: unknown): unknown {
  return rebuild(value)
}
