import { takesAll } from './describe-schema.ts'
import { reinterpretShape } from './reinterpret-shape.ts'
import type { Shape } from './shape.ts'
import { isValues, valuesOf } from './values.ts'

/** The tag of today of a model that was called `tag`; undefined when no model has it. */
export type TagOf = (tag: string) => string | undefined

/** The alternatives that may take what `old` let be stored, by their kind; of objects those that are told apart alike. */
export function candidatesFor(old: Shape, news: readonly Shape[], tagOf: TagOf): readonly Shape[] {
  if (old.type === 'boolean' && !old.coerced && ['true', 'false'].every((value) => valuesOf(news).has(value)))
    return [old]
  const coerced = news.filter((one) => one.coerced && !old.fields)
  const alike = news.filter((one) => {
    if (reinterpretShape(one, old).type !== old.type && !(isVoid(one) && isVoid(old))) return false
    if (one.type === 'model') return old.model !== undefined && tagOf(old.model) === one.model
    return one.type !== 'class' || one.class === old.class
  })
  const same = alike.filter((one) => discriminates(old, one))
  if (same.length > 0 || alike.length > 0) return same.length > 0 ? same : news.length === 1 ? alike : []
  return coerced
}

function isVoid({ type }: Shape): boolean {
  return type === 'undefined' || type === 'void'
}

/** Whether the fields that hold one value in both hold the same. */
function discriminates(old: Shape, now: Shape): boolean {
  return Object.entries(old.fields ?? {}).every(([name, field]) => {
    const other = now.fields && Object.hasOwn(now.fields, name) ? now.fields[name] : undefined
    if (!other || !isValues(field) || !isValues(other)) return true
    return (field.values ?? []).some((value) => other.values?.includes(value))
  })
}

export function alternatives(shape: Shape): readonly Shape[] {
  if (shape.type !== 'union') return isNothing(shape) ? [] : [shape]
  return (shape.options ?? []).flatMap(alternatives)
}

// Null and undefined are compared apart from the rest.
function isNothing({ type, values }: Shape): boolean {
  if (type === 'null' || type === 'never' || type === 'undefined' || type === 'void') return true
  return values?.every((value) => value === 'null' || value === 'undefined') ?? false
}

export function mayBe(shape: Shape, nothing: 'null' | 'undefined'): boolean {
  const flagged = nothing === 'null' ? shape.nullable : (shape.optional ?? shape.default)
  if (flagged || shape.values?.includes(nothing)) return true
  // A key of an object that takes anything has to be there all the same, unless it is flagged.
  if (nothing === 'null' && takesAll(shape)) return true
  if (shape.type === nothing || (nothing === 'undefined' && shape.type === 'void')) return true
  if (shape.type === 'intersection') return (shape.parts ?? []).every((part) => mayBe(part, nothing))
  return shape.type === 'union' && (shape.options ?? []).some((option) => mayBe(option, nothing))
}

/** Whether a field may be left out, which is more than that it may be undefined. */
export function mayBeLeftOut({ optional, default: given }: Shape): boolean {
  return (optional ?? given) === true
}
