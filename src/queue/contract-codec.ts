import type { EnvelopeCodec } from '../codec/envelope.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import type { QueueContract } from '../contract/contract.ts'

// Made once for each contract: it looks at every model.
const codecs = new WeakMap<QueueContract, EnvelopeCodec>()

/** The codec of a contract, for those who meet it beside a producer or worker of its own. Throws MODEL_INVALID. */
export function codecOf(contract: QueueContract): EnvelopeCodec {
  const known = codecs.get(contract)
  if (known) return known
  const codec = createEnvelopeCodec(contract)
  codecs.set(contract, codec)
  return codec
}
