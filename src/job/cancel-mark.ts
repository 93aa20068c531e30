import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { markField } from '../bullmq/job-fields.ts'
import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import type { Client } from '../connection/client.ts'
import type { BrineError } from '../errors.ts'
import { cancellation, cancelledField, readCancellation, reasonOf } from './cancellation.ts'

const longestMark = 64 * 1024

/** The text of `markField`; empty without keys. */
export function writeMark(codec: EnvelopeCodec, error: BrineError, place: Omit<Place, 'kind'>): string {
  return codec.sealed ? codec.encode(error, { ...place, kind: 'cancel' }) : ''
}

/** The cancellation that a job is marked with. With keys, only one that is sealed for this job and enqueue counts. */
export async function readMark(
  client: Client,
  key: string,
  codec: EnvelopeCodec,
  /** Called only if there is a mark. */
  placeOf: () => Omit<Place, 'kind'> & { job: string },
): Promise<BrineError | undefined> {
  const [unsealed, mark] = await readBoundedFields(client, key, [cancelledField, markField], longestMark)
  if (!unsealed) return undefined
  const place = placeOf()
  if (!codec.sealed || (!mark && takesUnsealed(codec))) return readCancellation(place.job, unsealed)
  try {
    const { value } = codec.decode(mark ?? '', { ...place, kind: 'cancel' })
    return cancellation(place.job, reasonOf(value as BrineError))
  } catch {
    return undefined
  }
}

/** Whether unsealed texts are still accepted, see `accept` of keys: then a cancel of a producer without keys is, too. */
function takesUnsealed(codec: EnvelopeCodec): boolean {
  try {
    codec.checkSeal('', { kind: 'cancel', id: '' })
    return true
  } catch {
    return false
  }
}
