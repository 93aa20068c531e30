import type { JobsOptions } from 'bullmq'

const template = Symbol('template')

/** What a scheduler's template is to hold, beside what BullMQ writes there. */
export interface Template {
  /** The encoded payload. */
  text: string
  /** Of the declaration that it comes from: see reconcile.ts. None for schedules made by hand. */
  declared: string | undefined
}

/** The field of a template's stored options that says which declaration it came from. It does not reach the jobs. */
export const declaredField = 'brine:declared'

/**
 * Hides a template among a scheduler's options, under a symbol, which nothing prints: BullMQ parses and prints the data of
 * templates again on its way, and its backend takes this one out in its place.
 */
export function withTemplate(options: JobsOptions, given: Template): JobsOptions {
  return Object.assign({ ...options }, { [template]: given })
}

/** The options of a template as they are to be stored, and its text, if it has one of ours. */
export function takeTemplate(options: JobsOptions): { text: string | undefined; options: JobsOptions } {
  const given: unknown = Reflect.get(options, template)
  if (!isTemplate(given)) return { text: undefined, options }
  const { text, declared } = given
  return {
    text,
    options: declared === undefined ? options : Object.assign({ ...options }, { [declaredField]: declared }),
  }
}

function isTemplate(given: unknown): given is Template {
  return typeof given === 'object' && given !== null && 'text' in given && typeof given.text === 'string'
}
