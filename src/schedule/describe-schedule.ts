import type { EnvelopeCodec } from '../codec/envelope.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import type { CheckedRepeat } from '../contract/repeat.ts'
import { BrineError } from '../errors.ts'
import type { JobHandle } from '../job/job-handle.ts'
import { openPayload } from '../job/open-payload.ts'
import { quiet } from '../notation/redact-inspect.ts'
import { nearestTime, readTime } from '../read-time.ts'
import { openTemplate, templateIdOf } from './open-template.ts'
import type { Schedule } from './schedules.ts'
import type { StoredSchedule } from './stored-schedules.ts'

export interface DescribeSources {
  contract: QueueContract
  codec: EnvelopeCodec
  find: (name: string) => ContractJob
  handle: (job: ContractJob, id: string) => JobHandle
}

/** A stored schedule as `list` and `get` give it: with keys, what its seal says, and an error where that is not what is kept. */
export async function describeSchedule(
  { contract, codec, find, handle }: DescribeSources,
  stored: StoredSchedule,
): Promise<Schedule<QueueContract>> {
  const { id, next, fields } = stored
  const { name = '' } = fields
  const opened = openTemplate(contract, codec, stored)
  const described = {
    id,
    name,
    next: nearestTime(next),
    repeat: withDates(opened?.repeat ?? keptRepeat(fields)),
    iterationCount: readCount(fields['ic']),
    declared: (opened ? opened.seal.declared : stored.declared) !== undefined,
  }
  try {
    const job = findJob(contract, name) ?? find(name)
    const { value } = await openPayload(fields['data'] ?? '', job, codec, templateIdOf(id))
    if (opened && opened.repeat === undefined) {
      const remedy =
        'the times that are kept beside it are not those that it was sealed with: upsert the schedule again'
      throw new BrineError('SEAL_INVALID', remedy, { job: job.name, path: 'repeat' })
    }
    return quiet({ ...described, name: job.current, payload: value, nextRun: handle(job, runId(id, next)) }, [
      'payload',
    ])
  } catch (error) {
    if (error instanceof BrineError) return { ...described, error }
    throw error
  }
}

function keptRepeat(fields: Record<string, string>): CheckedRepeat {
  const { pattern, tz } = fields
  const numbers = [...(pattern === undefined ? ['every', 'offset'] : []), 'limit', 'startDate', 'endDate']
  const known = numbers
    .filter((name) => fields[name] !== undefined)
    .map((name) => [name, Number(fields[name])] as const)
    .filter(([, number]) => Number.isFinite(number))
  return { ...(pattern !== undefined && { pattern }), ...(tz !== undefined && { tz }), ...Object.fromEntries(known) }
}

function withDates({ startDate, endDate, ...repeat }: CheckedRepeat): Schedule<QueueContract>['repeat'] {
  return {
    ...repeat,
    ...withDate('startDate', startDate),
    ...withDate('endDate', endDate),
  }
}

function withDate<const Name extends string>(name: Name, ms: number | undefined): { [K in Name]?: Date } {
  const at = readTime(ms)
  return (at ? { [name]: at } : {}) as { [K in Name]?: Date }
}

function readCount(text: string | undefined): number {
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : 0
}

// As BullMQ names the jobs of its schedulers.
function runId(id: string, next: number): string {
  return `${templateIdOf(id)}:${next}`
}
