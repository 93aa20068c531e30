import type { TagOf } from './alternatives.ts'
import { type Change, isRefusal, isRemoval } from './change.ts'
import { compareShapes } from './compare-shapes.ts'
import type { Finding } from './finding.ts'
import { noted } from './findings.ts'
import { type Shape, shapeSchema } from './shape.ts'

/**
 * What workers of the old build make of what only the new one takes, while both run at one version: notes, for nothing that was
 * stored is at stake. A tag that was renamed is looked for in another place: such texts are put off.
 */
export function noteOlderWorkers(was: Shape, is: Shape, tagOf: TagOf, { version, part }: PartOf): Finding[] {
  const refused = compareShapes(is, withTagsOfToday(was, tagOf), (tag) => tag).filter(isRefusal)
  // Models refuse what they do not declare, so that nothing is lost in silence; other keys of a payload are passed over.
  const extra = part === 'fields' ? refused.find(isRemoval) : undefined
  const other = refused.find((change) => !isRemoval(change))
  const note = ({ path }: Change, text: string): Finding => ({ ...noted('older-readers', text, version, part), path })
  const raise = `raise version to ${version + 1} with upcast: { ${version}: (stored) => stored }`
  return [
    ...(extra
      ? [note(extra, `${holding} while a worker of the new one is up, and quarantine them otherwise: ${raise}`)]
      : []),
    ...(other ? [note(other, `${takenNow}: send none of it until they are gone, or ${raise}`)] : []),
  ]
}

interface PartOf {
  version: number
  part: 'fields' | 'payload'
}

const holding = 'workers of the old build put off texts that hold it'
const takenNow = 'workers of the old build quarantine what only this one takes'

function withTagsOfToday(shape: Shape, tagOf: TagOf): Shape {
  const renamed = (key: string, value: unknown) =>
    key === 'model' && typeof value === 'string' ? (tagOf(value) ?? value) : value
  return shapeSchema.parse(JSON.parse(JSON.stringify(shape, renamed)))
}
