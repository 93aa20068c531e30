import { isDeepStrictEqual } from 'node:util'
import { element, property, root } from '../path.ts'
import { alternatives, candidatesFor, mayBe, mayBeLeftOut, type TagOf } from './alternatives.ts'
import { type Change, isRefusal, isRemoval, refuses, takes, uniqueChanges, unknown, weight } from './change.ts'
import { compareCoerced, takesType } from './coercion.ts'
import { compareAbsence } from './compare-absence.ts'
import { compareBounds, compareRefinements } from './compare-bounds.ts'
import { takesAll } from './describe-schema.ts'
import { listOf, missingAlternative } from './missing-alternative.ts'
import { nameOfShape } from './name-of-shape.ts'
import { lengthsOf, reinterpretShape } from './reinterpret-shape.ts'
import type { Shape } from './shape.ts'
import { resolve, shapesById } from './shape-refs.ts'
import { isValues, takesValue, typeOfValue, valuesOf } from './values.ts'

/** What the new shape makes of what the old one let be stored, part by part. */
export function compareShapes(before: Shape, now: Shape, tagOf: TagOf): Change[] {
  return uniqueChanges(new Comparison(before, now, tagOf).compare(before, now, root))
}

class Comparison {
  readonly #tagOf: TagOf
  readonly #before: ReadonlyMap<number, Shape>
  readonly #now: ReadonlyMap<number, Shape>
  /** What was found of two of them, once it is known. */
  readonly #compared = new Map<Shape, Map<Shape, Change[]>>()

  constructor(before: Shape, now: Shape, tagOf: TagOf) {
    this.#tagOf = tagOf
    this.#before = shapesById(before)
    this.#now = shapesById(now)
  }

  compare(oldRef: Shape, newRef: Shape, path: string, isField = false): Change[] {
    const before = resolve(oldRef, this.#before)
    const now = resolve(newRef, this.#now)
    const key = (oldRef.ref === undefined ? undefined : this.#before.get(oldRef.ref)) ?? oldRef
    const other = (newRef.ref === undefined ? undefined : this.#now.get(newRef.ref)) ?? newRef
    const nulls = compareAbsence(before, now, path, isField)
    const compared = this.#compared.get(key) ?? new Map<Shape, Change[]>()
    // Those inside themselves are compared where they are met first; in another alternative what was found there is found again.
    const known = compared.get(other)
    if (known) return [...nulls, ...known]
    this.#compared.set(key, compared.set(other, []))
    const found = uniqueChanges([...this.#compareKinds(before, now, path), ...this.#compareOut(before, now, path)])
    compared.set(other, found)
    return [...nulls, ...found]
  }

  /** What a pipe gives is made of the same values. */
  #compareOut(before: Shape, now: Shape, path: string): Change[] {
    if (isDeepStrictEqual(before.out, now.out)) return []
    return [unknown('refined', path, 'what its pipe makes of it has changed')]
  }

  #compareKinds(before: Shape, now: Shape, path: string): Change[] {
    const [olds, news] = [alternatives(before), alternatives(now)]
    if (news.some(takesAll))
      return takesAll(before) ? [] : [takes('widened', path, `was ${nameOfShape(before)}, is anything`)]
    if (takesAll(before)) return [refuses('narrowed', path, `was anything, is ${nameOfShape(now)}`)]
    if ((before.type === 'intersection') !== (now.type === 'intersection')) return this.#compareParts(before, now, path)
    const several = olds.length > 1 || news.length > 1
    const changes = this.#compareValues(olds, news, path)
    if (now.type === 'union' || isValues(now)) changes.push(...compareRefinements(before, now, path))
    for (const old of olds) {
      if (isValues(old)) continue
      const candidates = candidatesFor(old, news, this.#tagOf)
      const results = candidates.map((candidate) => {
        const changes = this.#compareKind(old, candidate, path)
        // One kind for another is a change by itself, whatever else it lets in.
        return reinterpretShape(candidate, old) === candidate
          ? changes
          : changes.filter(({ effect }) => effect !== 'takes')
      })
      const best = results.toSorted((a, b) => weight(a) - weight(b))[0]
      if (best) changes.push(...best)
      else if (news.some(({ type }) => type === 'custom')) changes.push(notDescribed('custom', path))
      else changes.push(missingAlternative(old, olds, now, news, path))
    }
    const [only] = news
    if (!several && only && !changes.some(isRefusal) && olds.some((old) => reinterpretShape(only, old) !== only)) {
      changes.push(takes('widened', path, `was ${nameOfShape(before)}, is ${nameOfShape(now)}`))
    }
    if (several && news.some((one) => !isValues(one) && candidatesFor(one, olds, this.#tagOf).length === 0)) {
      changes.push(takes('widened', path, `was ${nameOfShape(before)}, is ${nameOfShape(now)}`))
    }
    return changes
  }

  /** What was one has to be several things now, or the other way round. */
  #compareParts(before: Shape, now: Shape, path: string): Change[] {
    if (now.type === 'intersection') {
      const each = (now.parts ?? []).map((part) => this.#compareKinds(before, resolve(part, this.#now), path))
      // What one part does not declare another may.
      const isGone = ({ path: at }: Change) => each.every((all) => all.some((one) => isRemoval(one) && one.path === at))
      return each.flat().filter((change) => !isRemoval(change) || isGone(change))
    }
    const each = (before.parts ?? []).map((part) => this.#compareKinds(resolve(part, this.#before), now, path))
    const [best = []] = each.toSorted((a, b) => weight(a) - weight(b))
    const isOther = each.every((all) => all.some(({ code, path: at }) => code === 'type-changed' && at === path))
    if (weight(best) === 0 || isOther) return best
    return [unknown('not-described', path, 'it was an intersection, of which shapes tell little')]
  }

  #compareValues(olds: readonly Shape[], news: readonly Shape[], path: string): Change[] {
    const [before, now] = [valuesOf(olds), valuesOf(news)]
    const outcomes = [...before].map((value) => ({ value, outcome: takesValue(news, value) }))
    const of = (wanted: string) => outcomes.flatMap(({ value, outcome }) => (outcome === wanted ? [value] : []))
    const [gone, unsure] = [of('refuses'), of('unknown')]
    if (gone.length > 0) {
      const isOther = gone.every((value) => !news.some((one) => takesType(one, typeOfValue(value))))
      if (now.size === 0 && isOther)
        return [refuses('type-changed', path, `was ${listOf([...before])}, is ${news.map(nameOfShape).join(' or ')}`)]
      const code = now.size > 0 ? 'enum-shortened' : 'narrowed'
      return [refuses(code, path, `${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} no longer allowed`)]
    }
    if (unsure.length > 0)
      return [unknown('not-described', path, `samples alone can tell whether ${listOf(unsure)} is still allowed`)]
    const added = [...now].filter((value) => !before.has(value))
    const wider = before.size > 0 && [...before].some((value) => !now.has(value))
    if (before.size > 0 && (added.length > 0 || wider)) return [takes('widened', path, 'more values are allowed')]
    return []
  }

  #compareKind(before: Shape, given: Shape, path: string): Change[] {
    const now = reinterpretShape(given, before)
    if (now.coerced && now.type !== before.type) return compareCoerced(before, now, path)
    const changes: Change[] = [...compareBounds(before, now, path)]
    if (before.coerced === true && !now.coerced) {
      changes.push(refuses('narrowed', path, `was made of other types, too, and has to be ${nameOfShape(now)}`))
    }
    if ((before.coerced === 'preprocessed') !== (now.coerced === 'preprocessed'))
      changes.push(notDescribed('a preprocess', path))
    const of = (one: Shape | undefined, other: Shape | undefined, at: string) =>
      one && other ? this.compare(one, other, at) : []
    switch (now.type) {
      case 'object':
        return [...changes, ...this.#compareFields(before, now, path)]
      case 'array':
        return [...changes, ...of(before.value, now.value, `${path}[*]`)]
      case 'set':
        return [...changes, ...of(before.value, now.value, `${path}.member(*)`)]
      case 'map':
        return [
          ...changes,
          ...of(before.key, now.key, `${path}.key(*)`),
          ...of(before.value, now.value, `${path}.value(*)`),
        ]
      case 'record':
        return [
          ...changes,
          ...this.#compareRecord(before, now, path),
          ...of(keyOf(before, now), now.key, `${path}.key(*)`),
          ...of(before.value, now.value, `${path}.*`),
        ]
      case 'tuple':
        if (now !== given) changes.push(...compareBounds(lengthsOf(before), given, path).filter(isRefusal))
        return [...changes, ...this.#compareItems(before, now, path)]
      case 'intersection':
        return isDeepStrictEqual(before.parts, now.parts)
          ? changes
          : [...changes, unknown('not-described', path, 'an intersection has changed, of which shapes tell little')]
      case 'class':
      case 'model':
        return changes
      case 'custom':
      case 'function':
      case 'promise':
      case 'file':
        return [...changes, notDescribed(nameOfShape(now), path)]
      default:
        return changes
    }
  }

  #compareFields(before: Shape, now: Shape, path: string): Change[] {
    const changes: Change[] = []
    const [olds, news] = [before.fields ?? {}, now.fields ?? {}]
    for (const [name, old] of Object.entries(olds)) {
      const at = property(path, name)
      if (Object.hasOwn(news, name)) changes.push(...this.compare(old, news[name] ?? old, at, true))
      else if (now.rest) changes.push(...this.compare(old, now.rest, at))
      else if (now.undeclared === 'keep') changes.push(takes('widened', at, 'it is kept, though no longer declared'))
      else changes.push(refuses('field-removed', at, `was ${nameOfShape(old)}, and is gone`))
    }
    for (const [name, field] of Object.entries(news)) {
      if (Object.hasOwn(olds, name)) continue
      const at = property(path, name)
      if (mayBeLeftOut(field))
        changes.push(takes('field-added', at, `is new, and may be missing: ${nameOfShape(field)}`))
      else changes.push(refuses('field-added-required', at, `is new, and required: ${nameOfShape(field)}`))
    }
    if (before.rest && now.rest) changes.push(...this.compare(before.rest, now.rest, `${path}.*`))
    else if (now.rest && before.undeclared === 'keep' && !takesAll(now.rest))
      changes.push(refuses('narrowed', path, `other keys were anything, are ${nameOfShape(now.rest)}`))
    if (before.undeclared === 'keep' && now.undeclared !== 'keep') {
      changes.push(refuses('narrowed', path, 'keys that it does not declare were kept, and are not'))
    }
    if (before.undeclared === undefined && now.undeclared === 'refuse') {
      changes.push(refuses('narrowed', path, 'keys that it does not declare were passed over, and are refused'))
    }
    return changes
  }

  #compareRecord(before: Shape, now: Shape, path: string): Change[] {
    const changes: Change[] = []
    if (before.undeclared === 'keep' && now.undeclared !== 'keep' && !takesAll(now.value ?? now)) {
      changes.push(refuses('narrowed', path, 'keys of another form were kept, and are not'))
    }
    // Those of an object that is viewed as a record.
    for (const [name, field] of Object.entries(now.fields ?? {})) {
      const at = property(path, name)
      if (before.value && mayBe(field, 'undefined')) changes.push(...this.compare(before.value, field, at))
      else changes.push(refuses('field-added-required', at, `is new, and required: ${nameOfShape(field)}`))
    }
    return changes
  }

  #compareItems(before: Shape, now: Shape, path: string): Change[] {
    const changes: Change[] = []
    const [olds, news] = [before.items ?? [], now.items ?? []]
    for (const [index, old] of olds.entries()) {
      const item = news[index] ?? now.rest
      if (item) changes.push(...this.compare(old, item, element(path, index), index < news.length))
      else changes.push(refuses('field-removed', element(path, index), `was ${nameOfShape(old)}, and is gone`))
    }
    for (const [index, item] of news.entries()) {
      if (index < olds.length) continue
      const [at, required] = [element(path, index), !mayBeLeftOut(item)]
      if (required) changes.push(refuses('field-added-required', at, `is new, and required: ${nameOfShape(item)}`))
      else if (before.rest) changes.push(...this.compare(before.rest, item, at))
      else changes.push(takes('field-added', at, `is new, and may be missing: ${nameOfShape(item)}`))
    }
    if (before.rest && now.rest) changes.push(...this.compare(before.rest, now.rest, element(path, news.length)))
    else if (before.rest) changes.push(refuses('narrowed', path, 'more might follow its items, and must not'))
    return changes
  }
}

function notDescribed(what: string, path: string): Change {
  return unknown('not-described', path, `nothing describes ${what}: samples alone can tell`)
}

/** Keys that are numbers are texts as well. */
function keyOf({ key }: Shape, now: Shape): Shape | undefined {
  return key?.type === 'number' && now.key?.type === 'string' ? { type: 'string' } : key
}
