import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { ContractJob } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { upcast } from '../model/upcast.ts'
import { root } from '../path.ts'
import type { Bond } from '../seal/bond.ts'

/** A value in a box, see Opened, and what its seal bound it to. */
export interface OpenedPayload {
  value: unknown
  bond?: Bond | undefined
}

/**
 * Opens, decodes, upcasts and validates the stored text of the job of an id into what its handler receives. Throws or rejects with
 * VERSION_NEWER, VERSION_OLDER, UPCAST_FAILED, PAYLOAD_INVALID and the codec's refusals.
 */
export function openPayload(
  text: string,
  job: ContractJob,
  codec: EnvelopeCodec,
  id: string | undefined,
): OpenedPayload | Promise<OpenedPayload> {
  const { name, aliases, version, payload } = job
  const opened = codec.decode(text, { kind: 'payload', job: name, aliases, version, id }, payload)
  if (opened.checked) return opened
  const { bond } = opened
  const read = payload.readOutput(raise(job, opened), { code: 'PAYLOAD_INVALID', job: name })
  if (!bond) return read
  return read instanceof Promise ? read.then(({ value }) => ({ value, bond })) : { value: read.value, bond }
}

/** The same without validating: what was given to `enqueue`, in the shape of today's version, for a job that is enqueued once more. */
export function openInput(
  text: string,
  job: ContractJob,
  codec: EnvelopeCodec,
  id: string | undefined,
): { value: unknown } {
  const { name, aliases, version } = job
  return { value: raise(job, codec.decode(text, { kind: 'payload', job: name, aliases, version, id })) }
}

/**
 * The stored text of the job of an id as it goes to where its handler runs sandboxed, which opens it: after its seal was checked
 * here, so that no middleware runs for what is forged. Throws SEAL_MISSING, SEAL_INVALID and KEY_UNKNOWN.
 */
export function handOn(
  text: string,
  { name, aliases, version }: ContractJob,
  codec: EnvelopeCodec,
  id: string,
): OpenedPayload {
  const bond = codec.checkSeal(text, { kind: 'payload', job: name, aliases, version, id })
  return { value: text, bond }
}

// Plain JSON of bare BullMQ has no version, and is taken for one of today's.
function raise(job: ContractJob, { value, version = job.version }: { value: unknown; version?: number | undefined }) {
  if (version >= job.version) return value
  const { name } = job
  if (!job.upcast.has(version)) {
    const remedy = `the job is of version ${version}, and this build reads from ${firstOf(job)} to ${job.version}: give the job upcast`
    throw new BrineError('VERSION_OLDER', remedy, { job: name, path: root })
  }
  try {
    return upcast(job, value, version)
  } catch (error) {
    throw error instanceof BrineError ? error.relocated({ job: name }) : error
  }
}

function firstOf({ upcast: steps, version }: ContractJob): number {
  return Math.min(version, ...steps.keys())
}
