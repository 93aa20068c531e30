import type { Step } from '../path.ts'

/**
 * How much deeper than its holder an object stands, by the step that leads to it. A list, Map or Set under a name is one level
 * with the object that has the name, so that a ring or list of a thousand instances, each of which holds the next in a
 * list, is a thousand deep. Fields are the instance itself.
 */
export function levelsOf(step: Step, isContainer: boolean): 0 | 1 {
  return step === undefined || (typeof step === 'string' && isContainer) ? 0 : 1
}
