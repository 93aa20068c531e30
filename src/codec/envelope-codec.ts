import { BrineError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import { createRegistry } from '../model/registry.ts'
import { root } from '../path.ts'
import { BodyWriter, type Knowledge } from './body-writer.ts'
import { build, buildSpecial } from './build.ts'
import { builtIns } from './built-ins.ts'
import { type EnvelopeCodec, openEnvelope, type Place, writeEnvelope } from './envelope.ts'
import { defineLimits, type Limits, limitExceeded } from './limits.ts'
import { openPlainJson } from './plain-json.ts'
import { scan } from './scan.ts'

export interface EnvelopeCodecOptions {
  models?: readonly Model[] | undefined
  limits?: Partial<Limits> | undefined
  stacks?: boolean | undefined
  /** See `accept` of QueueDefinition. */
  accept?: 'json' | undefined
}

// An error that did not come from BrineMQ is no text of its own: BullMQ keeps its message.
const kindsOfBullMQ: ReadonlySet<string> = new Set(['payload', 'result', 'progress'])

/** The codec of whole envelopes. Throws MODEL_INVALID and OPTIONS_INVALID. */
export function createEnvelopeCodec({
  models = [],
  limits,
  stacks = false,
  accept,
}: EnvelopeCodecOptions = {}): EnvelopeCodec {
  const knowledge: Knowledge = { registry: createRegistry(models), builtIns, limits: defineLimits(limits), stacks }
  return {
    encode: (value, place) => ofJob(place, () => writeEnvelope(new BodyWriter(knowledge).write(value), place)),
    decode: (text, place) =>
      ofJob(place, () => {
        refuseLarge(text, knowledge.limits)
        if (accept === 'json' && kindsOfBullMQ.has(place.kind)) {
          const plain = openPlainJson(text, knowledge.limits)
          if (plain) return { version: undefined, ...plain }
        }
        const { version, body } = openEnvelope(text, place)
        return { version, value: typeof body === 'number' ? buildSpecial(body) : build(scan(body, knowledge)) }
      }),
  }
}

// The header is a few words; what is bounded is the whole text, before anything is made of it.
function refuseLarge(text: unknown, limits: Limits): void {
  if (typeof text !== 'string') throw new BrineError('TEXT_INVALID', 'there is no text to decode', { path: root })
  const headroom = 1024
  const bytes = text.length > limits.maxBytes + headroom ? text.length : Buffer.byteLength(text)
  if (bytes > limits.maxBytes + headroom) throw limitExceeded(limits, 'maxBytes', bytes, root)
}

function ofJob<T>({ job }: Place, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (job === undefined || !(error instanceof BrineError) || error.job !== undefined) throw error
    throw error.relocated({ job })
  }
}
