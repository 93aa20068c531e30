import type { EnvelopeCodec } from '../../codec/envelope.ts'
import type { ContractJob } from '../../contract/contract.ts'

/**
 * Opens, decodes and validates the stored text of the job of an id into what its handler receives. In a box: see Opened. Throws or rejects
 * with VERSION_NEWER, PAYLOAD_INVALID and the codec's refusals.
 */
export function openPayload(
  text: string,
  { name, version, payload }: ContractJob,
  codec: EnvelopeCodec,
  id: string | undefined,
): ReturnType<ContractJob['payload']['readOutput']> {
  const { value } = codec.decode(text, { kind: 'payload', job: name, version, id })
  return payload.readOutput(value, { code: 'PAYLOAD_INVALID', job: name })
}
