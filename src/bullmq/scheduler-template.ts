import type { JobsOptions } from 'bullmq'
import { declaredField } from './job-fields.ts'

const template = Symbol('template')

/** What a scheduler's template is to hold, beside what BullMQ writes there. */
export interface Template {
  /** The encoded payload. */
  text: string
  /** Of the declaration that it comes from: see reconcile.ts. None for schedules made by hand. */
  declared: string | undefined
  /** Where the first run was decided before: what the text is sealed for. */
  plan?: FirstRun | undefined
}

/** What BullMQ's scripts are to take for given when they choose the slot of a schedule's first run. */
export interface FirstRun {
  /** The time, in milliseconds since 1970. */
  nowMs: number
  /** The slot; undefined with `every`, where the script works it out. */
  slot: number | undefined
  /** By which runs are aligned after an outage; undefined where the script takes it from the slot. */
  offset: number | undefined
}

/**
 * Hides a template among a scheduler's options, under a symbol, which nothing prints: BullMQ parses and prints the data of
 * templates again on its way, and its backend takes this one out in its place.
 */
export function withTemplate(options: JobsOptions, given: Template): JobsOptions {
  return Object.assign({ ...options }, { [template]: given })
}

/** The options of a template as they are to be stored, and its text, if it has one of ours. */
export function takeTemplate(options: JobsOptions): {
  text: string | undefined
  options: JobsOptions
  plan?: FirstRun | undefined
} {
  const given: unknown = Reflect.get(options, template)
  if (!isTemplate(given)) return { text: undefined, options }
  const { text, declared, plan } = given
  return {
    ...{ text, plan },
    options: declared === undefined ? options : Object.assign({ ...options }, { [declaredField]: declared }),
  }
}

function isTemplate(given: unknown): given is Template {
  return typeof given === 'object' && given !== null && 'text' in given && typeof given.text === 'string'
}
