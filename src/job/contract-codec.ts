import type { EnvelopeCodec } from '../codec/envelope.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import type { QueueContract } from '../contract/contract.ts'

// Made once for each contract and prefix: it looks at every model, and derives keys.
const codecs = new WeakMap<QueueContract, Map<string, EnvelopeCodec>>()

// Of the prefixes of a contract the last ones: a program may have one for each of its tenants.
const mostPrefixes = 100

/**
 * The codec of a contract's texts in the queue under a prefix (default the contract's), where they are sealed for. Throws
 * MODEL_INVALID.
 */
export function codecOf(contract: QueueContract, prefix = contract.prefix ?? 'bull'): EnvelopeCodec {
  const ofContract = codecs.get(contract) ?? new Map<string, EnvelopeCodec>()
  codecs.set(contract, ofContract)
  const known = ofContract.get(prefix)
  if (known) return known
  const codec = createEnvelopeCodec(contract, { purpose: 'queue', prefix, queue: contract.name, now: Date.now })
  ofContract.set(prefix, codec)
  const [oldest] = ofContract.keys()
  if (ofContract.size > mostPrefixes && oldest !== undefined) ofContract.delete(oldest)
  return codec
}

/**
 * The codec by which a contract reads what was written in another queue, as far as it has the models and the keys. Made anew for
 * each, since what names the queue may be anybody's.
 */
export function codecFor(contract: QueueContract, { prefix, queueName: queue }: Elsewhere): EnvelopeCodec {
  return createEnvelopeCodec(contract, { purpose: 'queue', prefix, queue, now: Date.now })
}

interface Elsewhere {
  prefix: string
  queueName: string
}
