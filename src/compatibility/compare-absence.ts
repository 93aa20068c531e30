import { mayBe, mayBeLeftOut } from './alternatives.ts'
import { type Change, refuses, takes } from './change.ts'
import { takesAll } from './describe-schema.ts'
import type { Shape } from './shape.ts'

/** What became of a part's being missing, undefined or null. */
export function compareAbsence(before: Shape, now: Shape, path: string, isField: boolean): Change[] {
  const changes: Change[] = []
  if (mayBe(before, 'undefined') && !mayBe(now, 'undefined') && !takesAll(now)) {
    changes.push(refuses('optional-required', path, 'it might be missing, and is required'))
  } else if (isField && mayBeLeftOut(before) && !mayBeLeftOut(now)) {
    changes.push(refuses('optional-required', path, 'it might be missing, and has to be there, undefined or not'))
  }
  if (mayBe(before, 'undefined') && !before.exact && now.exact) {
    changes.push(refuses('optional-required', path, 'it might be undefined, and must not be'))
  }
  if (mayBe(before, 'null') && !mayBe(now, 'null') && !takesAll(before)) {
    changes.push(refuses('nullable-dropped', path, 'it might be null, and must not be'))
  }
  const wider =
    (mayBe(now, 'undefined') && !mayBe(before, 'undefined')) || (mayBe(now, 'null') && !mayBe(before, 'null'))
  if (wider && !takesAll(now)) changes.push(takes('widened', path, 'it may be missing or null now'))
  return changes
}
