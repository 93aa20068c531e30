import { errorField } from '../bullmq/job-fields.ts'
import { type ContractJob, findJob } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { readFailure } from '../job/read-failure.ts'
import { errorClass, hiddenMessage, messageOfModel } from '../notation/error-message.ts'
import { quiet } from '../notation/redact-inspect.ts'
import { isError } from '../realm/is-error.ts'
import type { Bond } from '../seal/bond.ts'
import type { FailedJob } from './group-failures.ts'
import type { JobFailure } from './monitored-job.ts'
import { createPauses } from './pauses.ts'
import { dateIn, type Fields, readFields, textIn } from './read-fields.ts'
import type { JobSources } from './read-job.ts'

/** The fields that say what a job failed with. */
export const failureNames = ['failedReason', 'stacktrace', errorField] as const

const longestFailure = 200_000

/** What jobs failed with: as much as grouping needs, without their payloads and results. */
export async function readFailures(sources: JobSources, ids: readonly string[]): Promise<FailedJob[]> {
  const { contract, queue, connection } = sources
  const keys = ids.map((id) => queue.toKey(id))
  const read = await readFields(connection, keys, ['name', 'finishedOn', ...failureNames], longestFailure)
  const pause = createPauses()
  const failed: FailedJob[] = []
  for (const [at, fields] of read.entries()) {
    const id = ids[at]
    if (!fields || id === undefined) continue
    const storedName = textIn(fields.name) ?? ''
    const error = failureOf(sources, findJob(contract, storedName), { id, name: storedName }, fields)
    failed.push({ id, storedName, endedAt: dateIn(fields.finishedOn), error })
    await pause()
  }
  return failed
}

/** What a job failed with last. */
export function failureOf(
  { contract, codec }: Pick<JobSources, 'contract' | 'codec'>,
  job: ContractJob | undefined,
  { id, name, bond }: { id: string; name: string; bond?: Bond | undefined },
  fields: Fields<(typeof failureNames)[number]>,
): JobFailure | undefined {
  const reason = textIn(fields.failedReason)
  const encoded = textIn(fields[errorField])
  if (reason === undefined && encoded === undefined) return undefined
  const value = readFailure(codec, { name, version: job?.version }, id, { reason: reason ?? '', encoded }, bond)
  return quiet({ value, ...describe(value, reason ?? '', textIn(fields.stacktrace), contract.models) }, ['value'])
}

type Described = Pick<JobFailure, 'kind' | 'code' | 'message'>

/** Its class, code and message. It prefers the decoded error: where texts are sealed, BullMQ stores only the class. */
function describe(
  value: unknown,
  reason: string,
  stacktrace: string | undefined,
  models: JobSources['contract']['models'],
): Described {
  if (!isError(value)) return { kind: typeof value, code: undefined, message: reason }
  if (isStandIn(value)) return { code: undefined, ...classAndMessage(reason, stacktrace) }
  const code: unknown = Reflect.get(value, 'code')
  const message = messageOfModel(value, models) === 'hidden' ? hiddenMessage : String(value.message)
  return { kind: errorClass(value), code: typeof code === 'string' ? code.slice(0, 100) : undefined, message }
}

/** Whether an error only repeats BullMQ's message, because nothing else could be read. */
export function isStandIn(value: unknown): boolean {
  return value instanceof BrineError && value.code === 'JOB_FAILED'
}

/** For an error that is not stored, or is too large: from BullMQ's message and stack, which begins with the class. */
function classAndMessage(reason: string, stacktrace: string | undefined): { kind: string; message: string } {
  const sealed = /^(\w{1,100}): (what was thrown is sealed.*)$/.exec(reason)
  if (sealed) return { kind: sealed[1] ?? 'Error', message: sealed[2] ?? '' }
  const [, kind] = /^([\w$.]{1,100})(?=: |\n|$)/.exec(lastStack(stacktrace)) ?? []
  return { kind: kind ?? 'Error', message: reason }
}

function lastStack(stacktrace: string | undefined): string {
  try {
    const stacks: unknown = JSON.parse(stacktrace ?? '[]')
    return Array.isArray(stacks) ? String(stacks.at(-1) ?? '') : ''
  } catch {
    return ''
  }
}
