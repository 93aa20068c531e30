import type { EnvelopeCodec } from '../../codec/envelope.ts'
import type { ContractJob } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { upcast } from '../../model/upcast.ts'
import { root } from '../../path.ts'

/**
 * Opens, decodes, upcasts and validates the stored text of the job of an id into what its handler receives. In a box: see
 * Opened. Throws or rejects with VERSION_NEWER, VERSION_OLDER, UPCAST_FAILED, PAYLOAD_INVALID and the codec's refusals.
 */
export function openPayload(
  text: string,
  job: ContractJob,
  codec: EnvelopeCodec,
  id: string | undefined,
): ReturnType<ContractJob['payload']['readOutput']> {
  const { name, aliases, version, payload } = job
  const opened = codec.decode(text, { kind: 'payload', job: name, aliases, version, id }, payload)
  if (opened.checked) return { value: opened.value }
  return payload.readOutput(raise(job, opened), { code: 'PAYLOAD_INVALID', job: name })
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
 * The stored text of the job of an id as it goes to where its handler runs isolated, which opens it: after its seal was checked
 * here, so that no middleware runs for what is forged. Throws SEAL_MISSING, SEAL_INVALID and KEY_UNKNOWN.
 */
export function handOn(
  text: string,
  { name, aliases, version }: ContractJob,
  codec: EnvelopeCodec,
  id: string,
): { value: unknown } {
  codec.checkSeal(text, { kind: 'payload', job: name, aliases, version, id })
  return { value: text }
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
