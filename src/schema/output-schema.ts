import { isDeepStrictEqual } from 'node:util'
import {
  $ZodCustom,
  type $ZodDefaultDef,
  $ZodOptional,
  $ZodString,
  type $ZodStringDef,
  type $ZodType,
  type $ZodTypes,
  $ZodUnion,
  $ZodUnknown,
  safeParse,
} from 'zod/v4/core'
import { changesValues, overwrites } from './changes-values.ts'
import { cloneWith } from './clone-with.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'

/**
 * The schema of what parsing gives: it takes every output of `root` and changes none. Of each pipe the last part is left, and of
 * a transform nothing, since no schema describes what it makes. Checks stay: zod makes them on the output.
 *
 * zod gives the value of a default unchecked. `doubt` is called where the schema behind a default refuses that value: then the one value is
 * taken as well, but a default that differs each time cannot be told from what is no output.
 */
export function outputSchema(root: $ZodType, doubt: () => void = () => {}): $ZodType {
  return rewriteSchema(root, (given, into) => {
    if (!changesValues(given)) return given
    const schema = behindOverwrites(given)
    const { def } = (schema as $ZodTypes)._zod
    switch (def.type) {
      case 'pipe':
        return checkedAs(into(def.out), schema)
      case 'default':
        return checkedAs(withDefault(into(def.innerType), def, doubt), schema)
      case 'prefault':
      case 'promise':
        return checkedAs(into(def.innerType), schema)
      case 'string':
      case 'number':
      case 'boolean':
      case 'bigint':
      case 'date':
        return cloneWith(schema, { coerce: false } as Partial<typeof def>)
      case 'union':
        // What one alternative makes, another may take as well, and a discriminator may be hidden by a transform.
        return new $ZodUnion({ type: 'union', options: def.options.map(into), checks: def.checks ?? [] })
      case 'object':
      case 'array':
      case 'tuple':
      case 'record':
      case 'map':
      case 'set':
      case 'intersection':
      case 'optional':
      case 'nullable':
      case 'nonoptional':
      case 'readonly':
      case 'lazy':
        return withParts(schema, into)
      default:
        return checkedAs(anything(), schema)
    }
  })
}

/** `part`, or the value of a default that `part` refuses. */
function withDefault(part: $ZodType, def: $ZodDefaultDef, doubt: () => void): $ZodType {
  if (takes(part, () => def.defaultValue)) return part
  doubt()
  const isDefault = (value: unknown) => value !== undefined && isDeepStrictEqual(value, def.defaultValue)
  const itself = new $ZodCustom({ type: 'custom', check: 'custom', fn: isDefault })
  return new $ZodUnion({ type: 'union', options: [part, itself] })
}

function takes(part: $ZodType, value: () => unknown): boolean {
  try {
    return safeParse(part, value()).success
  } catch {
    // The check is asynchronous, or the user's function throws.
    return false
  }
}

/** Also what is absent, as a property. */
function anything(): $ZodType {
  return new $ZodOptional({ type: 'optional', innerType: new $ZodUnknown({ type: 'unknown' }) })
}

/** `part` with the checks of the schema that it stands in for. */
function checkedAs(part: $ZodType, { _zod: { def } }: $ZodType): $ZodType {
  const { checks = [] } = def
  if (checks.length === 0) return part
  return cloneWith(part, { checks: [...(part._zod.def.checks ?? []), ...checks] })
}

/** Without its overwrites (`trim`, `toLowerCase`, …) and the checks before them, which the output need not pass. */
function behindOverwrites(schema: $ZodType): $ZodType {
  const { def } = schema._zod
  const { checks = [] } = def
  const last = checks.findLastIndex(overwrites)
  if (last === -1) return schema
  const after = { checks: checks.slice(last + 1) }
  if (!('check' in def)) return cloneWith(schema, after)
  // A format such as z.email() is a check of its own, before all others.
  return def.type === 'string'
    ? new $ZodString({ type: 'string', ...after } as $ZodStringDef)
    : checkedAs(anything(), cloneWith(schema, after))
}
