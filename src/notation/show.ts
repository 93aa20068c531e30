import { types } from 'node:util'
import type { z } from 'zod'
import type { Model } from '../model/model.ts'
import { holdsSensitive } from '../model/sensitive.ts'
import { type Anatomy, anatomyOf as anatomyWith } from './inspect-object.ts'
import { type Bounds, outline, type Shown } from './outline.ts'
import { printJson } from './print-json.ts'
import { printText } from './print-text.ts'
import { findSecrecy, noSecrecy } from './secrecy.ts'

/** What is known of a value that is to be shown, and how much of it is. */
export interface ShowOptions extends Partial<Bounds> {
  /** The schema that it is of, whose marks (`.meta({ sensitive: true })`) are heeded. It need not fit. */
  schema?: z.ZodType | undefined
  /** The classes that may be in it: instances are shown by their fields, and heed the marks of these. */
  models?: readonly Model[] | undefined
  /** Show what is marked as sensitive too. Default false. */
  reveal?: boolean | undefined
}

const ofText: Bounds = { maxItems: 100, maxDepth: 8, maxString: 1_000, maxChars: 20_000 }
// More than the limits of a payload.
const ofJson: Bounds = { maxItems: 200_000, maxDepth: 200, maxString: 2_000_000, maxChars: 8_000_000 }
const ofLine: Bounds = { maxItems: 5, maxDepth: 3, maxString: 60, maxChars: 200 }

/**
 * A value as people read it, over several lines: class names, dates, Maps, Sets, bigints, bytes by their number. What is shared or
 * circular is shown once, as `<ref *1>`, and named elsewhere: `[Shared *1]`, `[Circular *1]`. Sensitive values read `[hidden]`. It
 * runs no code of the value's but the `encode` of models, and its size is bounded whatever the value is.
 */
export function showText(value: unknown, options: ShowOptions = {}): string {
  const bounds = boundsOf(options, ofText)
  return printText(lay(value, options, bounds, false), bounds)
}

/** The same on one short line, for tables and logs. */
export function showLine(value: unknown, options: ShowOptions = {}): string {
  const bounds = boundsOf(options, ofLine)
  return printText(lay(value, options, bounds, false), bounds, true)
}

/**
 * The same as JSON can hold it, and as `brine enqueue` and the dashboard read it: see print-json.ts. By default it is whole, but for what
 * is nested deeper than 200 objects.
 */
export function showJson(value: unknown, options: ShowOptions = {}): unknown {
  const bounds = boundsOf(options, ofJson)
  return printJson(lay(value, options, bounds, true), bounds, options.schema)
}

// Each object is one level of a recursion that the depth bounds.
const deepest = 200

function boundsOf(given: Partial<Bounds>, defaults: Bounds): Bounds {
  const { maxItems = defaults.maxItems, maxDepth = defaults.maxDepth } = given
  const { maxString = defaults.maxString, maxChars = defaults.maxChars } = given
  return { maxItems, maxDepth: Math.min(maxDepth, deepest), maxString, maxChars }
}

function lay(
  value: unknown,
  { schema, models = [], reveal = false }: ShowOptions,
  bounds: Bounds,
  asJson: boolean,
): Shown {
  const byPrototype = new Map(models.map((model) => [model.class.prototype as object, model]))
  const known = new Map<object, Anatomy | undefined>()
  // A proxy would be asked for its prototype.
  const modelOf = (object: object) =>
    types.isProxy(object) ? undefined : byPrototype.get(Object.getPrototypeOf(object))
  const anatomyOf = (object: object) => {
    // A model may encode afresh each time, and what stands in it is to be one object.
    if (!known.has(object)) known.set(object, anatomyWith(object, modelOf))
    return known.get(object)
  }
  const hasMarks = (schema && holdsSensitive(schema)) || models.some(({ fields }) => holdsSensitive(fields))
  const secrecy = reveal || !hasMarks ? noSecrecy : findSecrecy(value, schema, { anatomyOf, modelOf })
  return outline(value, { bounds, secrecy, anatomyOf, reveal, asJson })
}
