import type { $ZodLazy, $ZodType, $ZodTypes } from 'zod/v4/core'
import { kindOf, looksInside } from './schema-kind.ts'
import { heldBy, wrappedBy } from './schema-parts.ts'
import type { Walk, Whole } from './walk.ts'
import { type Scales, visits } from './weigh-schema.ts'

/** Spends what a schema takes of a value, before it takes it. False when the walk is refused. */
export type Spend = (value: unknown, walk: Walk) => boolean

export function spendOf(schema: $ZodType, scales: Scales): Spend {
  const { def } = (schema as $ZodTypes)._zod
  switch (kindOf(schema)) {
    case 'whole': {
      const times = 1 + (def.checks ?? []).filter(looksInside).length
      return (value, walk) => {
        for (let time = 0; time < times; time += 1) if (!spendWhole(value, walk)) return false
        return true
      }
    }
    case 'frozen': {
      const own = visits.step + scales.charge(wrappedBy(schema) ?? [])
      return (value, walk) => walk.spend(own + walk.propertiesOf(value) * visits.frozen)
    }
    case 'many':
      return spendMany(schema, scales)
    case 'lazy': {
      const own = scales.charge([(schema as $ZodLazy)._zod.innerType])
      return (_, walk) => walk.spend(own)
    }
    default: {
      const own = 1 + scales.charge(heldBy(schema))
      return (_, walk) => walk.spend(own)
    }
  }
}

function spendMany(schema: $ZodType, scales: Scales): Spend {
  const { def } = (schema as $ZodTypes)._zod
  switch (def.type) {
    case 'array': {
      const each = visits.element + scales.charge([def.element])
      return (value, walk) => walk.spend(1 + (Array.isArray(value) ? value.length * each : 0))
    }
    case 'tuple': {
      const own = 1 + scales.charge(def.items)
      const each = visits.element + scales.charge(def.rest ? [def.rest] : [])
      return (value, walk) => walk.spend(own + (Array.isArray(value) ? value.length * each : 0))
    }
    case 'set':
    case 'map': {
      const each = (def.type === 'map' ? visits.entry : visits.member) + scales.charge(heldBy(schema))
      return (value, walk) => {
        if (!(value instanceof Set || value instanceof Map)) return walk.spend(1)
        return (
          walk.spend(1 + value.size * each) && walk.attempt(() => walk.effort.collisions.takeCopy(value, () => '$'))
        )
      }
    }
    case 'record': {
      // zod makes an error of each name that is refused.
      const ofName = visits.entry + (kindOf(def.keyType) === 'leaf' ? 0 : visits.caught)
      const each = ofName + scales.charge(heldBy(schema))
      const own = 1 + (def.keyType._zod.values?.size ?? 0) * each
      return (value, walk) => walk.spend(own) && spendNames(value, each, walk)
    }
    case 'object': {
      const own = 1 + scales.charge(Object.values(def.shape))
      const each = visits.entry + scales.charge(def.catchall ? [def.catchall] : [])
      return (value, walk) => walk.spend(own) && spendNames(value, each, walk)
    }
    default:
      return spendWhole
  }
}

function spendNames(value: unknown, each: number, walk: Walk): boolean {
  if (typeof value !== 'object' || value === null) return true
  const names = Object.keys(value)
  // Before zod lists them in a way that takes seconds.
  return walk.spend(names.length * each) && walk.attempt(() => walk.effort.collisions.takeNames(names, () => '$'))
}

// What is made a text may become one of so many characters for each visit.
const charactersOfVisit = 8

/** Spends as much as a value has parts, as a tree. Each object is listed once: that takes longer than what zod does with many of them. */
function spendWhole(whole: unknown, walk: Walk): boolean {
  if (typeof whole === 'string') return walk.spend(whole.length / charactersOfVisit)
  if (typeof whole !== 'object' || whole === null) return true
  const open: object[] = [whole]
  for (let value = open.pop(); value; value = open.pop()) {
    const known = walk.wholes.get(value)
    const { cost, inside } = known ?? listed(value)
    if (known === undefined) walk.wholes.set(value, { cost, inside })
    if (!walk.spend(cost)) return false
    for (const part of inside) open.push(part)
  }
  return true
}

function listed(value: object): Whole {
  const parts: unknown[] =
    value instanceof Map
      ? [...value.keys(), ...value.values()]
      : value instanceof Set || Array.isArray(value)
        ? [...value]
        : Object.values(value)
  let cost = 1 + parts.length
  const inside: object[] = []
  for (const part of parts) {
    if (typeof part === 'string') cost += part.length / charactersOfVisit
    else if (typeof part === 'object' && part !== null) inside.push(part)
  }
  return { cost, inside }
}
