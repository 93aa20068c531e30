import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import type { Model } from '../../../src/model/model.ts'

/** A library's: no contract has a model of it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly status: number
  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/** Declares its cause. */
export class PaymentFailed extends Error {
  readonly orderId: string
  constructor(message: string, orderId: string, options?: ErrorOptions) {
    super(message, options)
    this.orderId = orderId
  }
}

/** Declares only what is its own: neither its message nor its name nor a cause. */
export class OutOfStock extends RangeError {
  override readonly name = 'OutOfStock'
  readonly sku: string
  constructor(sku: string, options?: ErrorOptions) {
    super(`out of stock: ${sku}`, options)
    this.sku = sku
  }
}

/** Built by its constructor. */
export class Expired extends Error {
  constructor(
    readonly at: Date,
    options?: ErrorOptions,
  ) {
    super('expired', options)
  }
}

/** With data of any kind. */
export class Rejected extends Error {
  constructor(
    message: string,
    readonly details: unknown,
  ) {
    super(message)
  }
}

/** What it holds has to be a function. */
export class Callback extends Error {
  constructor(readonly call: unknown) {
    super('call me')
  }
}

/** Its `decode` takes nothing but what its own instances hold, which no schema says. */
export class Picky extends Error {
  constructor(readonly details: { retry: unknown }) {
    super('picky')
  }
}

export const models: readonly Model[] = [
  defineModel(PaymentFailed, {
    tag: 'payment-failed',
    fields: z.object({ message: z.string(), orderId: z.string(), cause: z.unknown().optional() }),
  }),
  defineModel(OutOfStock, { tag: 'out-of-stock', fields: z.object({ sku: z.string() }) }),
  defineModel(Expired, { tag: 'expired', fields: z.object({ at: z.date() }), decode: ({ at }) => new Expired(at) }),
  defineModel(Rejected, { tag: 'rejected', fields: z.object({ message: z.string(), details: z.unknown() }) }),
  defineModel(Callback, {
    tag: 'callback',
    fields: z.object({ message: z.string(), call: z.custom((call) => typeof call === 'function') }),
  }),
  defineModel(Picky, {
    tag: 'picky',
    fields: z.object({ details: z.object({ retry: z.unknown() }) }),
    decode: ({ details }) => {
      if (!('retry' in details)) throw new TypeError('there is no retry')
      return new Picky(details)
    },
  }),
]
