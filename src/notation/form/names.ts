import { BrineError } from '../../errors.ts'

/** A property's name among the members that begin with `$`, which say what something is. */
export function escapeName(name: string): string {
  return name.startsWith('$') ? `$${name}` : name
}

/** Back. Who writes a name of their own need not know of it, as long as it is none that says something. */
export function unescapeName(name: string): string {
  return name.startsWith('$$') ? name.slice(1) : name
}

/** In the place of a name that may not be seen, or is too long to be shown: the property's position, from 0, as paths have it. */
export function standInName(why: 'hidden' | 'cut', position: number): string {
  return `$${why} ${position}`
}

const standIn = /^\$(hidden|cut) \d+$/

const remedies = {
  hidden: 'a sensitive value was hidden here when this was shown: write the value itself',
  cut: 'this was cut when it was shown: write it whole',
  class: 'this was shown of a class that has no model, so that nothing can make it again',
} as const

/**
 * Refuses what was shown in the place of a value that was hidden, cut, or is of no model: nobody means to give it back. Throws
 * PAYLOAD_INVALID; a property of such a name is written with one `$` more.
 */
export function refuseStandIns(given: object, path: string, isDeclared: (name: string) => boolean): void {
  for (const [name, value] of Object.entries(given)) {
    if (!name.startsWith('$') || isDeclared(name)) continue
    const why = whyStandsIn(name, value)
    if (why) throw new BrineError('PAYLOAD_INVALID', `${name}: ${remedies[why]}`, { path })
  }
}

function whyStandsIn(name: string, value: unknown): keyof typeof remedies | undefined {
  const [, why] = standIn.exec(name) ?? []
  if (why === 'hidden' || why === 'cut') return why
  if (name === '$hidden' && (value === true || typeof value === 'string')) return 'hidden'
  if (name === '$cut' && typeof value === 'string') return 'cut'
  if (name === '$more' && typeof value === 'number') return 'cut'
  return name === '$class' && typeof value === 'string' ? 'class' : undefined
}
