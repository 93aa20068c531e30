import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { ContractJob } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { root } from '../path.ts'

/**
 * Opens, decodes and validates a job's stored text into what its handler receives. In a box: see Opened. Throws or rejects
 * with VERSION_NEWER, PAYLOAD_INVALID and the codec's refusals.
 */
export function openPayload(
  text: string,
  { name, version, payload }: ContractJob,
  codec: EnvelopeCodec,
): ReturnType<ContractJob['payload']['readOutput']> {
  const opened = codec.decode(text, { kind: 'payload', job: name, version })
  if (opened.version !== undefined && opened.version > version) {
    throw new BrineError(
      'VERSION_NEWER',
      `the job is of version ${opened.version} and this worker knows ${version}: deploy its workers`,
      { job: name, path: root },
    )
  }
  return payload.readOutput(opened.value, { code: 'PAYLOAD_INVALID', job: name })
}
