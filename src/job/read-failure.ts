import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import { BrineError } from '../errors.ts'
import type { Bond } from '../seal/bond.ts'

/**
 * What a job failed with, as it was thrown; JOB_FAILED with BullMQ's message when nothing else can be read, or nothing that was
 * sealed with `bond`.
 */
export function readFailure(
  codec: EnvelopeCodec,
  { name, aliases, version }: Omit<Place, 'kind' | 'job' | 'id'> & { name: string | undefined },
  id: string,
  { reason, encoded }: { reason: string; encoded: string | undefined },
  bond?: Bond,
): unknown {
  const opened = encoded === undefined ? undefined : openFailure(codec, { name, aliases, version }, id, encoded, bond)
  // What cannot be read is told by its message alone.
  return opened ? opened.value : new BrineError('JOB_FAILED', reason, { job: name })
}

/** The error itself, in a box; undefined when it cannot be opened. */
export function openFailure(
  codec: EnvelopeCodec,
  { name, aliases, version }: Omit<Place, 'kind' | 'job' | 'id'> & { name: string | undefined },
  id: string,
  encoded: string,
  bond: Bond | undefined,
): { value: unknown } | undefined {
  // A worker that could not tell which job it had says so without naming one.
  const places: Place[] = [
    { kind: 'error', job: name, aliases, version, id, bond },
    { kind: 'error', id, bond },
  ]
  for (const place of places) {
    try {
      return codec.decode(encoded, place)
    } catch {
      // The other place.
    }
  }
  return undefined
}
