import { entryField, errorField } from '../bullmq/job-fields.ts'
import { quarantinedEvent } from '../bullmq/quarantine-keys.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import { jobInText } from '../codec/job-in-text.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { openProgress, openResult } from '../job/inspect-job.ts'
import { readFailure } from '../job/read-failure.ts'
import { quarantinedError, refusalIn } from '../job/refusal.ts'
import { quiet } from '../notation/redact-inspect.ts'
import { nearestTime, readTime } from '../read-time.ts'
import type { Entry, EventLookup } from './event-lookup.ts'
import type { JobEvent } from './job-events.ts'

export interface EventSources {
  contract: QueueContract
  codec: EnvelopeCodec
}

/** When an event was stored: its position says so. Somebody may have stored it under a later time than there is a Date for. */
export function timeOf(position: string): Date {
  return nearestTime(Number(position.split('-')[0]))
}

// What is printed of an event are their types and sizes.
const values = ['progress', 'result', 'error']

type Told = Record<string, unknown> & { type: string }

/** An entry of the stream as an event; undefined for what only belongs to the next one. It throws nothing. */
export async function decodeEvent(
  { contract, codec }: EventSources,
  lookup: EventLookup,
  { position, fields }: Entry,
): Promise<JobEvent | undefined> {
  const { event = '', jobId: id } = fields
  const base = { position, at: timeOf(position) }
  if (event === errorField) {
    if (id !== undefined) lookup.announce(id, fields[errorField] ?? '')
    return undefined
  }
  if (event === 'failed' && fields[entryField] !== undefined) return undefined
  if (id === undefined || !ofJobs.has(event)) return { ...base, ...ofQueue(event, fields) } as JobEvent
  // The texts name their job too, which is what is left when its hash is gone.
  const text = fields['returnvalue'] ?? fields['data'] ?? lookup.errorOf(id)
  // By the time of a refusal its hash is elsewhere.
  const name = lookup.nameOf(id) ?? jobInText(text ?? '') ?? (event === quarantinedEvent ? fields['name'] : undefined)
  const job = name === undefined ? undefined : findJob(contract, name)
  const told = await ofJob(event, fields, job)
  // What is told follows from the event and the job's entry in the contract, as the type has it.
  return quiet({ ...base, id, name: job?.current, ...told }, values) as JobEvent

  async function ofJob(
    type: string,
    { prev: from, ...rest }: Entry['fields'],
    job: ContractJob | undefined,
  ): Promise<Told> {
    switch (type) {
      case 'added':
        return { type: 'enqueued' }
      case 'waiting':
        return { type, from }
      case 'delayed':
        return { type, until: readTime(Number(rest['delay'] || Number.NaN)) ?? base.at }
      case 'progress':
        return { type, ...(await read(job, 'progress', (known) => openProgress(codec, known, rest['data'] ?? '', id))) }
      case 'completed':
        return {
          type,
          ...(await read(job, 'result', (known) => openResult(codec, known, rest['returnvalue'] ?? '', id))),
        }
      case 'failed':
        return { type, error: errorOf(rest['failedReason'] ?? '') }
      case quarantinedEvent: {
        const refusal = refusalIn((field) => rest[field])
        return { type, code: refusal.code, error: quarantinedError(job?.name, refusal) }
      }
      case 'removed':
        return { type, from, error: lookup.errorOf(String(id)) === undefined ? undefined : errorOf('') }
      case 'deduplicated':
        return { type, deduplicationId: rest['deduplicationId'] }
      case 'retries-exhausted':
        return { type, attempts: Number(rest['attemptsMade']) }
      default:
        return { type }
    }
  }

  function errorOf(reason: string): unknown {
    const encoded = lookup.errorOf(String(id))
    lookup.forget(String(id))
    return readFailure(codec, { name, aliases: job?.aliases, version: job?.version }, String(id), { reason, encoded })
  }
}

const ofJobs: ReadonlySet<string> = new Set([
  ...['added', 'waiting', 'active', 'delayed', 'progress', 'completed', 'failed', 'removed', 'stalled'],
  ...['waiting-children', 'deduplicated', 'retries-exhausted', quarantinedEvent],
])

function ofQueue(event: string, { event: _, ...fields }: Entry['fields']): Told {
  if (event === 'drained' || event === 'paused' || event === 'resumed') return { type: event }
  if (event === 'cleaned') return { type: event, count: Number(fields['count']) }
  return { type: 'other', event, fields }
}

/** The value under its name, or why there is none. */
async function read(
  job: ContractJob | undefined,
  as: 'progress' | 'result',
  open: (job: ContractJob) => Promise<{ value: unknown }>,
): Promise<Record<string, unknown>> {
  if (job === undefined) {
    return { unreadable: new BrineError('JOB_UNKNOWN', 'the job is gone from Redis, or not in this contract') }
  }
  try {
    return { [as]: (await open(job)).value }
  } catch (error) {
    const unreadable =
      error instanceof BrineError
        ? error
        : new BrineError('VALUE_INVALID', 'its schema threw: see the cause', { job: job.name, cause: error })
    return { unreadable }
  }
}
