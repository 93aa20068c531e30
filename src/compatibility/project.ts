import type { EnvelopeCodec } from '../codec/envelope.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { Limits } from '../limits/limits.ts'
import type { Model } from '../model/model.ts'
import { createRegistry } from '../model/registry.ts'

/** The code as it is now: what is held against brine.lock.json. */
export interface Project {
  readonly queues: readonly QueueContract[]
  /** Of all queues and stores. */
  readonly models: readonly Model[]
  /** The model that a tag means, by its own tag or by one that it had before. */
  modelOf(tag: string): Model | undefined
  /** Reads and writes samples of models. */
  readonly codec: EnvelopeCodec
  /** Reads and writes samples of a queue's jobs. */
  codecOf(contract: QueueContract): EnvelopeCodec
}

export interface ProjectSources {
  queues: readonly QueueContract[]
  stores?: readonly { models?: readonly Model[] | undefined }[] | undefined
}

/** Throws MODEL_INVALID when two models of the project claim one tag or class: one lock holds them all. */
export function defineProject({ queues, stores = [] }: ProjectSources): Project {
  const models = [...new Set([...queues, ...stores].flatMap((one) => one.models ?? []))]
  const { byTag } = createRegistry(models)
  const codecs = new Map(queues.map((contract) => [contract, plainCodec(contract)]))
  const codec = plainCodec({ models })
  return {
    queues,
    models,
    modelOf: (tag) => byTag.get(tag),
    codec,
    codecOf: (contract) => codecs.get(contract) ?? codec,
  }
}

// Samples are committed: they are neither sealed nor compressed.
function plainCodec({ models, limits }: { models: readonly Model[]; limits?: Partial<Limits> | undefined }) {
  return createEnvelopeCodec({ models, limits })
}
