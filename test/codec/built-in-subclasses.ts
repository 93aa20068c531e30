import { z } from 'zod'
import { defineModel } from '../../src/model/define-model.ts'
import type { Model } from '../../src/model/model.ts'

export class Bag extends Map<unknown, number> {
  readonly #made = 'by its constructor'
  get made(): string {
    return this.#made
  }
}

export class Tags extends Set<string> {}

export class Stack extends Array<unknown> {
  static override get [Symbol.species]() {
    return Array
  }
}

export class Moment extends Date {
  zone = 'UTC'
}

export class Samples extends Float64Array {}

/** A failure that comes back by its fields: the constructor's words are not made again. */
export class PaymentFailed extends Error {
  override readonly name = 'PaymentFailed'
  constructor(
    readonly orderId: string,
    readonly declined: boolean,
    options?: ErrorOptions,
  ) {
    super(`payment of ${orderId} failed`, options)
  }
}

export class OutOfStock extends RangeError {
  constructor(readonly sku: string) {
    super(`out of stock: ${sku}`)
  }
}

/** Declares only what is its own: what any error may have travels beside its fields. */
export class Declined extends Error {
  override name = 'Declined'
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`declined: ${reason}`, options)
  }
}

export class ManyFailed extends AggregateError {
  constructor(
    readonly total: number,
    errors: unknown[],
  ) {
    super(errors, 'many failed')
  }
}

/** `errors` is a field like any here, and shown. */
export class FormInvalid extends Error {
  constructor(readonly errors: string[]) {
    super('invalid')
  }
}

const any = z.unknown()

export const subclassModels: readonly Model[] = [
  defineModel(Bag, {
    tag: 'bag',
    fields: z.map(any, z.number()),
    encode: (bag) => new Map(bag),
    allocate: () => new Bag(),
    populate: (bag, counts) => {
      for (const [key, count] of counts) bag.set(key, count)
    },
  }),
  defineModel(Tags, {
    tag: 'tags',
    fields: z.array(z.string()),
    encode: (tags) => [...tags],
    decode: (tags) => new Tags(tags),
  }),
  defineModel(Stack, {
    tag: 'stack',
    fields: z.array(any),
    encode: (stack) => Array.from(stack),
    allocate: () => new Stack(),
    populate: (stack, items) => {
      stack.push(...items)
    },
  }),
  defineModel(Moment, {
    tag: 'moment',
    fields: z.object({ at: z.date(), zone: z.string() }),
    encode: (moment) => ({ at: new Date(moment), zone: moment.zone }),
    decode: ({ at, zone }) => Object.assign(new Moment(at), { zone }),
  }),
  defineModel(Samples, {
    tag: 'samples',
    fields: z.instanceof(Float64Array),
    encode: (samples) => Float64Array.from(samples),
    decode: (samples) => new Samples(samples),
  }),
  defineModel(PaymentFailed, {
    tag: 'payment-failed',
    fields: z.object({
      name: z.literal('PaymentFailed'),
      message: z.string(),
      orderId: z.string(),
      declined: z.boolean(),
      cause: any.optional(),
    }),
  }),
  defineModel(OutOfStock, {
    tag: 'out-of-stock',
    fields: z.object({ sku: z.string() }),
    decode: ({ sku }) => new OutOfStock(sku),
  }),
  defineModel(Declined, { tag: 'declined', fields: z.object({ reason: z.string() }) }),
  defineModel(ManyFailed, {
    tag: 'many-failed',
    fields: z.object({ message: z.string(), errors: z.array(any), total: z.number() }),
  }),
  defineModel(FormInvalid, {
    tag: 'form-invalid',
    fields: z.object({ message: z.string(), errors: z.array(z.string()) }),
  }),
]
