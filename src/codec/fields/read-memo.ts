import { type ErrorExtras, readErrorExtras } from '../../model/error-extras.ts'
import type { Model } from '../../model/model.ts'

type Read = { fields: unknown } | { thrown: unknown }

/** What is known of the instances of one value while it is written, whatever encoding is tried: each model is asked once for each. */
export class ReadMemo {
  /** Whether the value is a failure: see error-extras.ts. */
  readonly thrown: boolean
  #reads: Map<object, Read> | undefined
  #extras: Map<object, ErrorExtras | undefined> | undefined

  constructor(thrown = false) {
    this.thrown = thrown
  }

  /** The fields of an instance, unchecked. Throws what the model threw. */
  read(model: Model, instance: object): unknown {
    let read = this.#reads?.get(instance)
    if (read === undefined) {
      read = readNow(model, instance)
      if (model.reads === 'encode') {
        this.#reads ??= new Map()
        this.#reads.set(instance, read)
      }
    }
    if ('thrown' in read) throw read.thrown
    return read.fields
  }

  /** What travels of an error beside its fields. */
  extras(model: Model, instance: object, stacks: boolean): ErrorExtras | undefined {
    if (this.#extras?.has(instance)) return this.#extras.get(instance)
    return readErrorExtras(model, instance, { thrown: this.thrown, stacks })
  }

  /** Settles what is written of an instance, in place of what its model reads. */
  settle(instance: object, fields: unknown, extras: ErrorExtras | undefined): void {
    this.#reads ??= new Map()
    this.#extras ??= new Map()
    this.#reads.set(instance, { fields })
    this.#extras.set(instance, extras)
  }
}

function readNow(model: Model, instance: object): Read {
  try {
    return { fields: model.read(instance) }
  } catch (thrown) {
    return { thrown }
  }
}
