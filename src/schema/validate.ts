import type { z } from 'zod'
import { type $ZodIssue, $ZodType } from 'zod/v4/core'
import { BrineError, type BrineErrorCode } from '../errors.ts'
import { join, root } from '../path.ts'
import { type BoundedSchema, boundSchema, type Parsed } from './bounded-schema.ts'
import { mostIssues } from './counting-schema.ts'
import { describeIssue } from './describe-issue.ts'
import { type Directions, directionsOf, ofStored } from './directions.ts'
import { Effort, visitsOf } from './effort.ts'
import type { Place } from './issue-path.ts'
import { rememberNamed } from './named-path.ts'
import { type PathStart, pathStart } from './path-start.ts'
import { sameValue } from './same-value.ts'
import { type Names, Way } from './way.ts'
import { isAsyncError, isCyclicError } from './zod-errors.ts'

export interface Failure {
  code: BrineErrorCode
  job?: string | undefined
  /** What validating all values of one text may take together. Default: of its own for each value. */
  effort?: Effort | undefined
  /** The path of the value, when it is part of a larger one. Default `$`. */
  within?: string | undefined
  /** How many issues are told. Default 3. */
  most?: number | undefined
}

/**
 * When a schema's transforms, defaults and their kind run: each time that a stored value is read, or once, before it is stored.
 */
export type ParseWhen = 'read' | 'store'

/**
 * A schema in its two directions, worked out once. All throw a BrineError of `failure.code` whose path is the first
 * issue's, in our own words: zod's may hold payload values, when a message is made from the input.
 */
export interface Validator<S extends $ZodType = $ZodType> {
  /** Where paths into its values begin. */
  readonly start: PathStart
  /** The schema of what is stored. */
  readonly stored: $ZodType
  /** Whether `checkInput` makes checks that `stored` does not have. */
  readonly checksMore: boolean
  /** Whether `readOutput` makes checks that `stored` does not have. */
  readonly readsLess: boolean
  /** Whether a reader may receive another value than is stored, because of transforms, defaults and their kind. */
  readonly changes: boolean
  /**
   * Checks a value before it is stored. Transforms do not run: what is stored is what was given. A promise only at need: then
   * `snapshot` is called at once, must not throw, and gives the copy that is checked in place of the value.
   */
  checkInput(value: unknown, failure: Failure, snapshot?: () => unknown): void | Promise<void>
  /** The validator of values that are stored already, for those that are stored once more: they are not parsed again. */
  readonly ofStored: Validator
  /** What is stored of a value, where the schema is parsed before; undefined elsewhere. `snapshot` is as in `checkInput`. */
  readonly parseInput: ParseInput | undefined
  /** The same without awaiting, for the fields of models. A schema with asynchronous checks is refused. */
  checkInputSync(value: unknown, failure: Failure): void
  /** What a reader receives: the value itself when the schema changes nothing, else zod's output. In a box: see Opened. */
  readOutput(value: unknown, failure: Failure): { value: z.output<S> } | Promise<{ value: z.output<S> }>
  /** The same without awaiting. A schema with asynchronous checks is refused. */
  readOutputSync(value: unknown, failure: Failure): { value: z.output<S> }
}

type ParseInput = (
  value: unknown,
  failure: Failure,
  snapshot: () => unknown,
) => { value: unknown } | Promise<{ value: unknown }>

const toldIssues = 3

export interface ValidatorOptions {
  /**
   * Keys that an object inside does not declare: zod drops them, unless they are to be refused. A schema that changes values
   * refuses them before they are stored alone, since what it makes of them is its own matter. Default 'drop'.
   */
  undeclared?: 'drop' | 'refuse'
  /** How many visits of objects and elements one value may take: see effort.ts. */
  visits?: number
  /** Default 'read'. */
  parse?: ParseWhen
  /**
   * Which names the paths of its errors print. Default `identifiers`. `later` where who asks decides: then those that are declared, and
   * the errors remember the others (see named-path.ts).
   */
  names?: (() => Names) | 'later'
}

/** What to give where a schema is asked for. */
export const schemaRemedy = 'must be a schema of zod 4, such as z.object({ … }), or person.schema of a model'

/** Works out the two directions of a schema. Throws CONTRACT_INVALID for one that never ends, and OPTIONS_INVALID for none. */
export function createValidator<S extends $ZodType>(
  schema: S,
  { undeclared = 'drop', parse: when = 'read', ...rest }: ValidatorOptions = {},
): Validator<S> {
  if (!(schema instanceof $ZodType)) {
    throw new BrineError('OPTIONS_INVALID', schemaRemedy, { path: 'schema' })
  }
  const directions = directionsOf(schema, {
    ...{ refuseUndeclared: undeclared === 'refuse', parseFirst: when === 'store' },
  })
  return validatorOf(schema, directions, rest)
}

function validatorOf<S extends $ZodType>(
  schema: S,
  directions: Directions,
  { visits = visitsOf(), names = () => 'identifiers' }: Pick<ValidatorOptions, 'visits' | 'names'>,
): Validator<S> {
  const { parsed, checked, stored, read, exact, checksMore, readsLess, changes, isRecursive } = directions
  const asParsed = parsed && boundSchema(parsed)
  const asInput = boundSchema(checked)
  const asOutput = read === checked ? asInput : boundSchema(read)
  const asExact = exact && boundSchema(exact)

  const printed = names === 'later' ? () => 'declared' as const : names
  const withEffort = (failure: Failure): Bounded => ({ ...failure, effort: failure.effort ?? new Effort(visits) })

  const refusal = (issues: readonly $ZodIssue[], value: unknown, failure: Failure): BrineError => {
    const invalidBy = (how: Names) => invalid(issues, { way: new Way(how, [schema]), value }, failure)
    const refused = invalidBy(printed())
    return names === 'later' ? rememberNamed(refused, invalidBy('identifiers').path ?? root) : refused
  }
  const give = (parsed: Parsed, failure: Failure): { value: z.output<S> } => {
    const { value } = parsed
    if (parsed.issues) throw refusal(parsed.issues, value, failure)
    const same = !changes && sameValue(value, parsed.data, isRecursive ? new Map() : undefined)
    // The schema's own output, by its own word.
    return { value: (same ? value : parsed.data) as z.output<S> }
  }
  const check = (parsed: Parsed, failure: Failure): void => {
    if (parsed.issues) throw refusal(parsed.issues, parsed.value, failure)
  }
  const data = (parsed: Parsed, failure: Failure): { value: unknown } => {
    if (parsed.issues) throw refusal(parsed.issues, parsed.value, failure)
    return { value: parsed.data }
  }
  /** Parses a value, or where that takes its time its snapshot, and hands on what came of it. */
  function parseThen<T>(
    bounded: BoundedSchema,
    value: unknown,
    failure: Failure,
    snapshot: (() => unknown) | undefined,
    then: (parsed: Parsed, failure: Failure) => T | Promise<T>,
  ): T | Promise<T> {
    const parsed = parse(bounded, value, withEffort(failure), snapshot)
    return parsed instanceof Promise ? parsed.then((done) => then(done, failure)) : then(parsed, failure)
  }
  const validator: Validator<S> = {
    start: pathStart(printed, schema),
    stored,
    checksMore,
    readsLess,
    changes,
    get ofStored() {
      return parsed ? validatorOf(read, ofStored(directions), { visits, names }) : validator
    },
    parseInput: asParsed && ((value, failure, snapshot) => parseThen(asParsed, value, failure, snapshot, data)),
    checkInput: (value, failure, snapshot) => parseThen(asInput, value, failure, snapshot, check),
    checkInputSync(value, failure) {
      check(parseSync(asInput, value, withEffort(failure)), failure)
    },
    readOutput(value, failure) {
      const asAny = () => parseThen(asOutput, value, failure, undefined, give)
      if (!asExact) return asAny()
      return parseThen(asExact, value, failure, undefined, (parsed) =>
        parsed.issues ? asAny() : give(parsed, failure),
      )
    },
    readOutputSync(value, failure) {
      return give(parseSync(asOutput, value, withEffort(failure)), failure)
    },
  }
  return validator
}

const asynchronous = new WeakSet<BoundedSchema>()

type Bounded = Failure & { effort: Effort }

function parse(
  bounded: BoundedSchema,
  value: unknown,
  failure: Bounded,
  snapshot: () => unknown = () => value,
): Parsed | Promise<Parsed> {
  try {
    if (!asynchronous.has(bounded)) return bounded.parse(value, failure.effort)
  } catch (error) {
    if (!isAsyncError(error)) throw threw(error, failure)
    // Once seen, the synchronous attempt, which runs checks in vain, is not made again.
    asynchronous.add(bounded)
  }
  return bounded.parseLater(snapshot(), failure.effort).catch((error: unknown) => {
    throw threw(error, failure)
  })
}

function parseSync(bounded: BoundedSchema, value: unknown, failure: Bounded): Parsed {
  try {
    return bounded.parse(value, failure.effort)
  } catch (error) {
    throw threw(error, failure)
  }
}

function invalid(
  issues: readonly $ZodIssue[],
  from: Place,
  { code, job, within, most = toldIssues }: Failure,
): BrineError {
  const found = issues.slice(0, most).map((issue) => {
    const { path, text } = describeIssue(issue, from)
    return { text, path: within === undefined ? path : join(within, path) }
  })
  const [first, ...others] = found
  const more = issues.length > most ? `; and ${issues.length >= mostIssues ? '' : `${issues.length - most} `}more` : ''
  const text = [first?.text, ...others.map((other) => `${other.path}: ${other.text}`)].join('; ')
  return new BrineError(code, `${text}${more}`, { job, path: first?.path })
}

/** The refusal of a value that made the schema throw, rather than report. */
function threw(error: unknown, { code, job }: Failure): BrineError {
  const details = { job, path: '$' }
  if (error instanceof BrineError && error.code === 'LIMIT_EXCEEDED' && error.job === undefined) {
    return job === undefined ? error : error.relocated({ job })
  }
  if (isAsyncError(error)) {
    return new BrineError(code, 'the schema has asynchronous checks, and this one is asked synchronously', details)
  }
  if (isCyclicError(error)) {
    return new BrineError(
      code,
      'a cycle closes through a transform; leave the transform out of what refers to itself',
      details,
    )
  }
  if (error instanceof RangeError) {
    return new BrineError(code, 'nested too deep, or in a cycle that the schema follows for ever; flatten it', details)
  }
  // Not in the message: a check of the user's may have put the value into it.
  return new BrineError(code, 'a check or transform of the schema threw; see the cause', { ...details, cause: error })
}
