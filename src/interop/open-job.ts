import type { Checked, EnvelopeCodec, Place } from '../codec/envelope.ts'
import {
  type ContractJob,
  findJob,
  type JobNames,
  type PayloadInput,
  type PayloadOutput,
  type QueueContract,
  type ResultInput,
  type ResultOutput,
} from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { codecOf } from '../job/contract-codec.ts'
import { openResult as openText } from '../job/inspect-job.ts'
import { openPayload } from '../job/open-payload.ts'
import { quiet } from '../notation/redact-inspect.ts'
import { checkRun, type SealedRun } from '../schedule/check-run.ts'
import { drawToken } from '../seal/tokens.ts'

/** A job of a contract, taken by a worker of bare BullMQ. Its `name` tells the types of the rest. */
export type OpenedJob<C extends QueueContract> = {
  [N in JobNames<C>]: {
    readonly name: N
    /** What a handler would receive. */
    readonly payload: PayloadOutput<C, N>
    /** Checks and encodes a result, for the processor to return. Rejects with RESULT_INVALID and the codec's refusals. */
    encodeResult(result: ResultInput<C, N>): Promise<Envelope>
  }
}[JobNames<C>]

/** An envelope as an object: JSON that BullMQ writes as it is. */
export type Envelope = Readonly<Record<string, unknown>>

/**
 * Opens, decodes and validates a job in a processor of bare BullMQ, which receives the envelope as `job.data`. Rejects with
 * JOB_UNKNOWN, VERSION_NEWER, VERSION_OLDER, UPCAST_FAILED, PAYLOAD_INVALID and the codec's refusals. Where the contract has
 * keys, `job` must have its `id`, and a job of a schedule its `opts`.
 *
 * @example
 * new Worker('people', async (job) => {
 *   const { payload, encodeResult } = await openJob(people, job)
 *   return encodeResult({ text: payload.person.greet() })
 * })
 */
export async function openJob<C extends QueueContract>(
  contract: C,
  job: {
    readonly name: string
    readonly data: unknown
    readonly id?: string | undefined
    readonly opts?: object | undefined
  },
): Promise<OpenedJob<C>> {
  const { codec, entry } = find(contract, job.name)
  const { id } = job
  const { name, current, version, result } = entry
  const text = textOf(job.data)
  const { value: payload, bond } = await openPayload(text, entry, codec, id)
  if (codec.sealed && id !== undefined) refuseEarly(contract, { id, name, text, bond, repeat: repeatIn(job.opts) })
  const opened = {
    name: current,
    payload,
    async encodeResult(value: unknown): Promise<Envelope> {
      const checked: Checked = { validator: result, failure: { code: 'RESULT_INVALID', job: name } }
      return JSON.parse(await codec.encodeChecked(value, { kind: 'result', job: name, version, id, bond }, checked))
    },
  }
  // The types of payloads and results are the contract's, by its schemas.
  return quiet(opened, ['payload']) as OpenedJob<C>
}

/** Which job a text is for. Needed where the contract has keys; give BullMQ's `add` the same `jobId`. */
export interface BoundTo {
  jobId?: string | undefined
}

/** Whose result is read. */
export interface ResultOf extends BoundTo {
  /**
   * The `data` of the job, as `encodeData` returned it. With keys, only the result of that very job is then accepted; without `data`, any
   * result that was sealed for the `jobId` is, such as that of an earlier job with the same id.
   */
  data?: unknown
}

/**
 * The `data` of a job for a producer of bare BullMQ: `queue.add('greet', await encodeData(people, 'greet', payload))`. Rejects
 * with JOB_UNKNOWN, PAYLOAD_INVALID and the codec's refusals.
 */
export async function encodeData<C extends QueueContract, N extends JobNames<C>>(
  contract: C,
  name: N,
  payload: PayloadInput<C, N>,
  { jobId }: BoundTo = {},
): Promise<Envelope> {
  const { codec, entry } = find(contract, name)
  const bond = codec.sealed ? { for: drawToken() } : undefined
  const place: Place = { kind: 'payload', job: entry.current, version: entry.version, id: jobId, bond }
  const checked: Checked = { validator: entry.payload, failure: { code: 'PAYLOAD_INVALID', job: name } }
  return JSON.parse(await codec.encodeChecked(payload, place, checked))
}

/**
 * A job's `returnvalue`, as `waitUntilFinished` and QueueEvents of bare BullMQ give it, decoded and validated. Rejects with
 * JOB_UNKNOWN, RESULT_INVALID and the codec's refusals.
 */
export async function openReturnValue<C extends QueueContract, N extends JobNames<C>>(
  contract: C,
  name: N,
  returnvalue: unknown,
  { jobId, data }: ResultOf = {},
): Promise<ResultOutput<C, N>> {
  const { codec, entry } = find(contract, name)
  const { aliases, version } = entry
  const place: Place = { kind: 'payload', job: entry.name, aliases, version, id: jobId }
  const bond = data === undefined ? undefined : codec.checkSeal(textOf(data), place)
  const { value } = await openText(codec, entry, textOf(returnvalue), jobId, bond)
  return value as ResultOutput<C, N>
}

function find(contract: QueueContract, name: string): { codec: EnvelopeCodec; entry: ContractJob } {
  const entry = findJob(contract, name)
  if (!entry) {
    const names = [...contract.entries.keys()].join(', ')
    throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job; it has ${names}`, { job: name })
  }
  return { codec: codecOf(contract), entry }
}

/** No worker of ours is here to put it back until its time. */
function refuseEarly(contract: QueueContract, run: SealedRun): void {
  if (!checkRun(contract, run)?.isEarly) return
  const remedy = 'another run of its schedule comes before it: somebody made the job or promoted it, discard it'
  throw new BrineError('SEAL_INVALID', remedy, { job: run.name, path: 'repeat' })
}

function repeatIn(options: object | undefined): unknown {
  return options && Reflect.get(options, 'repeat')
}

// BullMQ has parsed it; the codec checks texts.
function textOf(parsed: unknown): string {
  return JSON.stringify(parsed) ?? ''
}
