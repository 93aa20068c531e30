import { z } from 'zod'
import { BrineError } from '../errors.ts'
import { shapeSchema } from './shape.ts'

/** The form of the file; one that is newer is left alone. */
const lockVersion = 1

const versions = <S extends z.ZodType>(entry: S) => z.record(z.string().regex(/^[1-9]\d*$/), entry)
const texts = z.array(z.string())

const lockSchema = z.strictObject({
  brineLock: z.literal(lockVersion),
  /** By tag, and then by version. */
  models: z.record(z.string(), versions(z.strictObject({ fields: shapeSchema, samples: texts }))),
  /** By queue and name, `people/greet`, and then by version. */
  jobs: z.record(
    z.string(),
    versions(
      z.strictObject({
        payload: shapeSchema,
        result: shapeSchema.optional(),
        progress: shapeSchema.optional(),
        samples: z.strictObject({ payload: texts, result: texts.optional(), progress: texts.optional() }),
      }),
    ),
  ),
})

/**
 * What was released: each version of each model and job, with the shape of what it stores, and texts that it stored. Committed
 * as brine.lock.json, whose text is the same for the same code, one line for each thing that may change.
 */
export type Lock = z.infer<typeof lockSchema>
export type ModelEntry = Lock['models'][string][string]
export type JobEntry = Lock['jobs'][string][string]

/** What a job stores. */
export const jobParts = ['payload', 'result', 'progress'] as const
export type JobPart = (typeof jobParts)[number]

export const emptyLock: Lock = { brineLock: lockVersion, models: {}, jobs: {} }

/** Reads brine.lock.json. Throws OPTIONS_INVALID for what is none, or of a newer form. */
export function parseLock(text: string): Lock {
  const refuse = (remedy: string, path?: string, cause?: unknown) =>
    new BrineError('OPTIONS_INVALID', `brine.lock.json ${remedy}`, { path, cause })
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw refuse('is not JSON; resolve the merge conflict in it, or restore the previous version', undefined, cause)
  }
  const form: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'brineLock') : undefined
  if (form !== lockVersion) {
    throw refuse(
      typeof form === 'number' && form > lockVersion
        ? `is of form ${form}, and this build reads ${lockVersion}: use the brinemq that wrote it`
        : 'is not a BrineMQ lock file',
    )
  }
  const read = lockSchema.safeParse(parsed)
  if (read.success) return read.data
  throw refuse('has an unexpected shape; restore the previous version', read.error.issues[0]?.path.join('.'))
}

/** The text of brine.lock.json. */
export function writeLock(lock: Lock): string {
  // Parsing puts the members of entries and shapes in the order of their schemas, wherever they come from.
  const { models, jobs } = lockSchema.parse(lock)
  const inOrder = { brineLock: lockVersion, models: sorted(models), jobs: sorted(jobs) }
  return `${JSON.stringify(inOrder, undefined, 2)}\n`
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)))
}
