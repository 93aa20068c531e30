import { errorExtras } from '../model/error-extras.ts'
import type { Model } from '../model/model.ts'
import type { Holder, Step } from '../path.ts'
import type { Way } from '../schema/way.ts'

/** One more step on a way, into an entry: that of an instance of `model`, or the record of what an error has. */
export function stepInto(
  way: Way,
  entry: unknown,
  step: Step,
  { model, isOfError }: { model: Model | undefined; isOfError: boolean },
): Way {
  if (step === undefined) return model ? way.fields(model.fields) : way
  if (typeof step === 'number') return way.part(holderOf(entry), step)
  if (isOfError && errorExtras.has(step)) return way.known(step)
  return way.name(step, namesOf(entry).indexOf(step))
}

function namesOf(entry: unknown): readonly unknown[] {
  if (typeof entry !== 'object' || entry === null) return []
  // That of an object without a prototype has names and values in turn, after its tag.
  return Array.isArray(entry) ? entry.slice(1).filter((_, place) => place % 2 === 0) : Object.keys(entry)
}

function holderOf(entry: unknown): Holder {
  if (!Array.isArray(entry)) return 'record'
  if (entry[0] === 'Map') return 'map'
  return entry[0] === 'Set' ? 'set' : 'list'
}
