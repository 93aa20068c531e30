import { readBoundedFields } from '../bullmq/bounded-read.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Connection } from '../connection/connection.ts'
import type { ContractJob } from '../contract/contract.ts'
import type { BrineErrorCode } from '../errors.ts'
import { readTime } from '../read-time.ts'
import type { Bond } from '../seal/bond.ts'
import { readRefusal } from './refusal.ts'

/** Where a job is: BullMQ's states, `quarantined` for one that was refused and is kept, and `missing` for one that is not, or no longer, in Redis. */
export type JobState =
  | 'waiting'
  | 'active'
  | 'delayed'
  | 'prioritized'
  | 'waiting-children'
  | 'completed'
  | 'failed'
  | 'quarantined'
  | 'missing'

/** What Redis knows of a job beside its payload and its end. */
export interface JobInfo {
  /** Attempts that came to an end. */
  readonly attempts: number
  /** How often a worker took the job, those times included after which it was put back. */
  readonly starts: number
  readonly enqueuedAt: Date | undefined
  /** When it was taken last. */
  readonly startedAt: Date | undefined
  readonly endedAt: Date | undefined
  /** The `name` of the worker that took it last, if it has one. */
  readonly worker: string | undefined
}

/** Lines of a job's log, and how many there are in all. */
export interface JobLogs {
  readonly logs: string[]
  readonly count: number
}

export interface InspectSources {
  queue: StoredQueue
  connection: Connection
  codec: EnvelopeCodec
}

const states: ReadonlySet<string> = new Set<JobState>([
  ...(['waiting', 'active', 'delayed', 'prioritized', 'waiting-children', 'completed', 'failed'] as const),
])

export async function readState({ queue }: InspectSources, id: string): Promise<JobState> {
  const state: string = await queue.backend.getState(id)
  if (isState(state)) return state
  return (await readRefusal(queue, id)) ? 'quarantined' : 'missing'
}

function isState(state: string): state is JobState {
  return states.has(state)
}

/** Decoded and validated, in a box; undefined when nothing was told. */
export async function readProgress(
  { queue, connection, codec }: InspectSources,
  job: ContractJob,
  id: string,
  bond: Bond | undefined,
): Promise<{ value: unknown } | undefined> {
  const { client } = connection
  const [text] = await readBoundedFields(client, queue.toKey(id), ['progress'], queue.backend.maxTextBytes)
  // BullMQ's own word for none.
  return !text || text === '0' ? undefined : openProgress(codec, job, text, id, bond)
}

/** Opens, decodes and validates progress, sealed with `bond` if one is given. Throws PROGRESS_INVALID and the codec's refusals. */
export const openProgress = opener('progress', 'PROGRESS_INVALID')

/** Opens, decodes and validates a result, sealed with `bond` if one is given. Throws RESULT_INVALID and the codec's refusals. */
export const openResult = opener('result', 'RESULT_INVALID')

function opener(kind: 'progress' | 'result', code: BrineErrorCode) {
  return async (
    codec: EnvelopeCodec,
    { name, aliases, version, [kind]: validator }: ContractJob,
    text: string,
    id: string | undefined,
    bond?: Bond,
  ): Promise<{ value: unknown }> => {
    const { value, checked } = codec.decode(text, { kind, job: name, aliases, version, id, bond }, validator)
    return checked ? { value } : ((await validator?.readOutput(value, { code, job: name })) ?? { value })
  }
}

// Numbers, and the name of a worker.
const longestFact = 1_000
const fields = ['atm', 'ats', 'timestamp', 'processedOn', 'finishedOn', 'pb'] as const

export async function readInfo({ queue, connection }: InspectSources, id: string): Promise<JobInfo | undefined> {
  const found = await readBoundedFields(connection.client, queue.toKey(id), fields, longestFact)
  if (found.every((field) => field === null)) return undefined
  const [attempts, starts, enqueued, started, ended, worker] = found
  return {
    attempts: Number(attempts ?? 0),
    starts: Number(starts ?? 0),
    enqueuedAt: dateOf(enqueued),
    startedAt: dateOf(started),
    endedAt: dateOf(ended),
    worker: worker ?? undefined,
  }
}

function dateOf(text: string | null | undefined): Date | undefined {
  return readTime(text ? Number(text) : undefined)
}
