import { readBoundedFields } from '../bullmq/bounded-read.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import type { Connection } from '../connection/connection.ts'
import type { Bond } from '../seal/bond.ts'

export interface PayloadSources {
  queue: Pick<StoredQueue, 'toKey'>
  connection: Connection
  codec: EnvelopeCodec
}

/** The text of a job's payload, as Redis holds it now; undefined when there is none. A text that is too long is cut, and opens nowhere. */
export async function readPayload(
  { queue, connection: { client }, codec }: PayloadSources,
  id: string,
): Promise<string | undefined> {
  const [text] = await readBoundedFields(client, queue.toKey(id), ['data'], codec.maxTextBytes)
  return text ?? undefined
}

/** What the payload of a job is bound to, if its seal holds: what is told in the name of its worker has to be sealed alike. */
export function bondOfPayload(
  text: string | undefined,
  { name, aliases, version }: Pick<Place, 'aliases' | 'version'> & { name: string },
  codec: EnvelopeCodec,
  id: string,
): Bond | undefined {
  try {
    return text === undefined ? undefined : codec.checkSeal(text, { kind: 'payload', job: name, aliases, version, id })
  } catch {
    return undefined
  }
}
