import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { checkPosition } from '../events/check-position.ts'
import { decodeEvent } from '../events/decode-event.ts'
import type { EventLookup } from '../events/event-lookup.ts'
import type { EventsOptions, JobEvent } from '../events/job-events.ts'
import type { EventLog } from './event-log.ts'

export interface MemoryEventsSources {
  contract: QueueContract
  codec: EnvelopeCodec
  journal: EventLog
  isClosed: () => boolean
}

/** `events` of a producer in memory: the entries of its journal, decoded as those of Redis are. */
export function createMemoryEvents({ contract, codec, journal, isClosed }: MemoryEventsSources) {
  return ({ after, signal }: EventsOptions = {}): AsyncGenerator<JobEvent, void, undefined> => {
    checkPosition(after)
    if (isClosed()) throw new BrineError('CLOSED', 'the producer is closed; make another')
    // From the moment of this call.
    return read(after ?? journal.position, signal)
  }

  async function* read(after: string, signal: AbortSignal | undefined) {
    let error: string | undefined
    const lookup: EventLookup = {
      prepare: async () => {},
      nameOf: journal.nameOf,
      errorOf: () => error,
      announce() {},
      forget() {},
    }
    for await (const entry of journal.follow(after, signal)) {
      error = entry.error
      const event = await decodeEvent({ contract, codec }, lookup, entry)
      signal?.throwIfAborted()
      if (event) yield event
    }
  }
}
