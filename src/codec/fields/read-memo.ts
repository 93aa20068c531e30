import type { Model } from '../../model/model.ts'

type Read = { fields: unknown } | { thrown: unknown }

/** What the models' own `encode` gave of each instance of one value, so that each is asked once, whatever encoding is tried. */
export class ReadMemo {
  #reads: Map<object, Read> | undefined

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
}

function readNow(model: Model, instance: object): Read {
  try {
    return { fields: model.read(instance) }
  } catch (thrown) {
    return { thrown }
  }
}
