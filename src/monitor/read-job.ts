import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { Connection } from '../connection/connection.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { type JobState, openProgress, openResult } from '../job/inspect-job.ts'
import { openInput, openPayload } from '../job/open-payload.ts'
import { bondOfPayload } from '../job/stored-payload.ts'
import { quiet } from '../notation/redact-inspect.ts'
import type { KeptJob } from '../quarantine/quarantined-job.ts'
import { readTime } from '../read-time.ts'
import { failureNames, failureOf } from './job-failure.ts'
import type { MonitoredJob, Reading, StoredFacts } from './monitored-job.ts'
import { createPauses } from './pauses.ts'
import { dateIn, type Fields, numberIn, readFields, smallText, textIn } from './read-fields.ts'

export interface JobSources<C extends QueueContract = QueueContract> {
  contract: C
  codec: EnvelopeCodec
  queue: StoredQueue
  connection: Connection
}

const names = [
  ...(['name', 'data', 'opts', 'timestamp', 'priority', 'processedOn', 'finishedOn', 'atm', 'pb'] as const),
  ...(['parent', 'parentKey', 'rjk', 'deid', 'returnvalue', 'progress'] as const),
  ...failureNames,
] as const

type JobFields = Fields<(typeof names)[number]>

/** How many bytes of texts are decoded; a text beyond that is marked `isUnopened`. */
export interface Budget {
  maxBytes?: number | undefined
}

/**
 * Reads and decodes jobs. One that cannot be read says so in itself, whatever is wrong with it; one that is gone is left
 * out. Decoding many large jobs takes seconds, so the process does other work in between.
 */
export async function readJobs<C extends QueueContract>(
  sources: JobSources<C>,
  found: readonly { id: string; state: JobState }[],
  { maxBytes }: Budget = {},
): Promise<MonitoredJob<C>[]> {
  const { codec, queue, connection } = sources
  const keys = found.map(({ id }) => queue.toKey(id))
  const [read, due] = await Promise.all([
    readFields(connection, keys, names, codec.maxTextBytes, maxBytes),
    dueTimes(sources, found),
  ])
  const pause = createPauses()
  const jobs: Promise<MonitoredJob<C>>[] = []
  for (const [at, { id, state }] of found.entries()) {
    const fields = read[at]
    if (!fields) continue
    const job = describe(sources, { id, state, dueAt: due.get(id), quarantine: undefined }, fields)
    // All are awaited together below, since a schema may be asynchronous.
    job.catch(() => {})
    jobs.push(job)
    await pause()
  }
  return Promise.all(jobs)
}

/** A job that is kept in quarantine, as it reads with the contract of today. */
export function readKept<C extends QueueContract>(
  sources: JobSources<C>,
  kept: KeptJob,
  { maxBytes = Number.POSITIVE_INFINITY }: Budget = {},
): Promise<MonitoredJob<C>> {
  const most = Math.min(sources.codec.maxTextBytes, Math.max(maxBytes, smallText))
  const entries = names.map((name) => {
    const field = kept.fields.get(name)
    return [name, field && field.length > most ? field.length : field?.toString()]
  })
  const place = { id: kept.record.jobId, state: 'quarantined', dueAt: undefined, quarantine: kept.record } as const
  return describe(sources, place, Object.fromEntries(entries) as JobFields)
}

async function describe<C extends QueueContract>(
  { contract, codec }: JobSources<C>,
  place: Pick<StoredFacts, 'id' | 'state' | 'dueAt' | 'quarantine'>,
  fields: JobFields,
): Promise<MonitoredJob<C>> {
  const storedName = textIn(fields.name) ?? ''
  const job = findJob(contract, storedName)
  // The payload's seal says which enqueue the job is of; outcomes of an earlier job with its id are not this one's.
  const bond = job && codec.sealed ? bondOfPayload(textIn(fields.data), job, codec, place.id) : undefined
  const failure = failureOf({ contract, codec }, job, { id: place.id, name: storedName, bond }, fields)
  const facts: StoredFacts = {
    ...{ queue: contract.name, storedName, ...place },
    ...timesOf(fields),
    ...optionsOf(fields),
    attempts: numberIn(fields.atm) ?? 0,
    priority: numberIn(fields.priority) ?? 0,
    worker: textIn(fields.pb),
    parent: parentOf(fields),
    schedule: textIn(fields.rjk),
    deduplicationId: textIn(fields.deid),
    ...(place.state === 'failed'
      ? { error: failure, formerError: undefined }
      : { error: undefined, formerError: failure }),
  }
  const longest = codec.maxTextBytes
  const readAs = (field: string | number | undefined, open: Open) => reading(field, { job, storedName, longest }, open)
  const { data, returnvalue, progress } = fields
  const [payload, result, reported] = await Promise.all([
    readAs(data ?? '', (text, known) => openPayload(text, known, codec, place.id)),
    place.state === 'completed' && returnvalue !== undefined
      ? readAs(returnvalue, (text, known) => openResult(codec, known, text, place.id, bond))
      : undefined,
    // BullMQ's own word for none.
    progress !== undefined && progress !== '0'
      ? readAs(progress, (text, known) => openProgress(codec, known, text, place.id, bond))
      : undefined,
  ])
  const whole = job && typeof data === 'string' ? withGiven(payload, codec, job, data, place.id) : payload
  const described: unknown = { ...facts, name: job?.current, payload: whole, result, progress: reported }
  // The values have the types that the contract's schemas gave them.
  return described as MonitoredJob<C>
}

type Open = (text: string, job: ContractJob) => Promise<{ value: unknown }> | { value: unknown }

async function reading(
  field: string | number | undefined,
  { job, storedName, longest }: { job: ContractJob | undefined; storedName: string; longest: number },
  open: Open,
): Promise<Reading<unknown>> {
  const bytes = typeof field === 'number' ? field : Buffer.byteLength(field ?? '')
  if (!job) return { unreadable: unknownJob(storedName), bytes }
  if (typeof field !== 'string') {
    const isUnopened = bytes <= longest
    const why = isUnopened
      ? 'which this listing does not open: open the job'
      : "more than the contract's limits let anyone read"
    const unreadable = new BrineError('LIMIT_EXCEEDED', `the text has ${bytes} bytes, ${why}`, { job: job.name })
    return { unreadable, isUnopened, bytes }
  }
  try {
    return quiet({ value: (await open(field, job)).value, bytes }, ['value'])
  } catch (error) {
    return { unreadable: described(error, job.name), bytes }
  }
}

function described(error: unknown, job: string): BrineError {
  if (error instanceof BrineError) return error
  return new BrineError('VALUE_INVALID', 'its schema or model threw: see the cause', { job, cause: error })
}

function unknownJob(name: string): BrineError {
  return new BrineError('JOB_UNKNOWN', 'the contract has no job of this name', { job: name.slice(0, 100) })
}

/** With what was enqueued, where that is not what the schema made of it: it changed it, or refused it. */
function withGiven(
  payload: Reading<unknown>,
  codec: EnvelopeCodec,
  job: ContractJob,
  text: string,
  id: string,
): Reading<unknown> {
  if (payload.unreadable?.code === 'PAYLOAD_INVALID') {
    return quiet({ ...payload, decoded: decodedAlone(codec, job, text, id) }, ['decoded'])
  }
  if (payload.unreadable || !job.payload.changes) return payload
  return quiet({ ...payload, given: openInput(text, job, codec, id) }, ['value', 'given'])
}

/** What a payload is that its schema refused. */
function decodedAlone(codec: EnvelopeCodec, { name, aliases, version }: ContractJob, text: string, id: string) {
  try {
    return { value: codec.decode(text, { kind: 'payload', job: name, aliases, version, id }).value }
  } catch {
    return undefined
  }
}

function timesOf({ timestamp, processedOn, finishedOn }: JobFields) {
  return { enqueuedAt: dateIn(timestamp), startedAt: dateIn(processedOn), endedAt: dateIn(finishedOn) }
}

// BullMQ scores a delayed job with its time, and twelve bits that keep the order of those of one time.
const scorePerMs = 0x1000

/** When delayed jobs will wait. */
async function dueTimes(
  { queue, connection }: JobSources,
  found: readonly { id: string; state: JobState }[],
): Promise<Map<string, Date>> {
  const ids = found.filter(({ state }) => state === 'delayed').map(({ id }) => id)
  const due = new Map<string, Date>()
  if (ids.length === 0) return due
  const scores = await connection.client.zmscore(queue.toKey('delayed'), ...ids)
  for (const [place, id] of ids.entries()) {
    const at = readTime(Math.floor(Number(scores[place] ?? Number.NaN) / scorePerMs))
    if (at) due.set(id, at)
  }
  return due
}

function optionsOf({ opts }: JobFields): { maxAttempts: number } {
  const attempts: unknown = parsed(opts)?.['attempts']
  return { maxAttempts: typeof attempts === 'number' && attempts > 0 ? attempts : 1 }
}

function parentOf({ parent, parentKey }: JobFields): { queue: string; id: string } | undefined {
  const id: unknown = parsed(parent)?.['id']
  const queue: unknown = parsed(parent)?.['queueKey']
  if (typeof id !== 'string' || typeof queue !== 'string' || parentKey === undefined) return undefined
  return { queue: queue.slice(queue.lastIndexOf(':') + 1), id }
}

function parsed(field: string | number | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(textIn(field) ?? 'null')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
