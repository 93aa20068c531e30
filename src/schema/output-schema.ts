import {
  type $ZodCatchDef,
  type $ZodCheck,
  $ZodString,
  type $ZodStringDef,
  type $ZodType,
  type $ZodTypes,
  $ZodUnion,
  util,
} from 'zod/v4/core'
import { changesValues, overwrites } from './changes-values.ts'
import { cloneWith } from './clone-with.ts'
import { rewriteSchema, withParts } from './rewrite-schema.ts'
import { heldBy, wrappedBy } from './schema-parts.ts'
import { orConstant, orDefault } from './substitute.ts'
import { anything, typeSchema, withoutChecks } from './type-schema.ts'

/**
 * The schema of what parsing gives: it takes every output of `root` and changes none. Of each pipe the last part is left, and of
 * a transform nothing, since no schema describes what it makes. Checks stay: zod makes them on the output.
 */
export function outputSchema(root: $ZodType): $ZodType {
  return rewriteOutput(root, 'all')
}

/**
 * The same without the outputs that the schema does not describe: defaults and overwritten values that its types and checks refuse. The
 * stored form is described by it, and laid out by it.
 */
export function outputShape(root: $ZodType): $ZodType {
  return rewriteOutput(root, 'described')
}

/** Whether `outputShape` takes values that `outputSchema` refuses. */
export function shapeTakesMore(schema: $ZodType, seen: Set<$ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  const { type } = schema._zod.def
  if (type === 'catch' || (type !== 'string' && checksAfterOverwrites(schema))) return true
  return (wrappedBy(schema) ?? heldBy(schema)).some((part) => shapeTakesMore(part, seen))
}

function rewriteOutput(root: $ZodType, which: 'all' | 'described'): $ZodType {
  return rewriteSchema(root, (given, into) => {
    if (!changesValues(given)) return given
    const after = checksAfterOverwrites(given)
    if (after && which === 'all') {
      // An overwrite gives another value of the type. zod makes none of the checks before it again, nor those inside.
      return withChecks(typeSchema(outputShape(withoutChecks(given))), after)
    }
    const schema = after ? behindOverwrites(given, after) : given
    const { def } = (schema as $ZodTypes)._zod
    switch (def.type) {
      case 'pipe':
        return checkedAs(into(def.out), schema)
      case 'default': {
        const inner = into(def.innerType)
        if (which === 'described') return checkedAs(inner, schema)
        const give = () => def.defaultValue
        return checkedAs(
          orDefault(inner, give, () => typeSchema(outputShape(def.innerType))),
          schema,
        )
      }
      case 'catch':
        // No schema describes what a function makes of an error.
        if (which === 'described' || !isConstant(def)) return checkedAs(anything(), schema)
        return checkedAs(orConstant(into(def.innerType), Reflect.apply(def.catchValue, def, [])), schema)
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

/** `part` with the checks of the schema that it stands in for. */
function checkedAs(part: $ZodType, { _zod: { def } }: $ZodType): $ZodType {
  return withChecks(part, def.checks ?? [])
}

function withChecks(part: $ZodType, checks: readonly $ZodCheck<never>[]): $ZodType {
  if (checks.length === 0) return part
  return cloneWith(part, { checks: [...(part._zod.def.checks ?? []), ...checks] })
}

/** The checks after the last overwrite (`trim`, `toLowerCase`, …). The output need not pass those before it. */
function checksAfterOverwrites({ _zod: { def } }: $ZodType): $ZodCheck<never>[] | undefined {
  const { checks = [] } = def
  const last = checks.findLastIndex(overwrites)
  return last === -1 ? undefined : checks.slice(last + 1)
}

function behindOverwrites(schema: $ZodType, checks: $ZodCheck<never>[]): $ZodType {
  const { def } = schema._zod
  if (!('check' in def)) return cloneWith(schema, { checks })
  // A format such as z.email() is a check of its own, before all others.
  return def.type === 'string'
    ? new $ZodString({ type: 'string', checks } as $ZodStringDef)
    : withChecks(anything(), checks)
}

/** Whether zod made the function, to return a constant. A function of the user's makes something of what it is given. */
function isConstant({ catchValue }: $ZodCatchDef): boolean {
  return Reflect.get(catchValue, util.CONSTANT_CATCH) === true
}
