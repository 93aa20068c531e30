import type { EnvelopeCodec } from '../../codec/envelope.ts'
import type { Bond } from '../../codec/seal/bond.ts'
import type { ContractJob } from '../../contract/contract.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Connection } from '../connection/connection.ts'
import { isReply } from '../connection/reply.ts'

export interface PayloadSources {
  queue: Pick<StoredQueue, 'toKey'>
  connection: Connection
  codec: EnvelopeCodec
}

// Measured first: anybody who writes to Redis may have put hundreds of megabytes there.
const script = `
if redis.call('HSTRLEN', KEYS[1], 'data') > tonumber(ARGV[1]) then return false end
return redis.call('HGET', KEYS[1], 'data')
`

/** The text of a job's payload, as Redis holds it now; undefined when there is none, or a larger one than can be opened. */
export async function readPayload(
  { queue, connection: { client }, codec }: PayloadSources,
  id: string,
): Promise<string | undefined> {
  try {
    const text: unknown = await client.eval(script, 1, queue.toKey(id), codec.maxTextBytes)
    return typeof text === 'string' ? text : undefined
  } catch (error) {
    // Another kind of key stands there.
    if (isReply(error) && error.message.includes('WRONGTYPE')) return undefined
    throw error
  }
}

/** What the payload of a job is bound to, if its seal holds: what is told in the name of its worker has to be sealed alike. */
export function bondOfPayload(
  text: string | undefined,
  { name, aliases, version }: ContractJob,
  codec: EnvelopeCodec,
  id: string,
): Bond | undefined {
  try {
    return text === undefined ? undefined : codec.checkSeal(text, { kind: 'payload', job: name, aliases, version, id })
  } catch {
    return undefined
  }
}
