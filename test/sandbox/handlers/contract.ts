import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

/** Work to be done in a thread or process, told by what it is to do there. */
export class Order {
  constructor(
    readonly what: string,
    readonly at: Date,
  ) {}

  get isDue(): boolean {
    return this.at.getTime() > 0
  }
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly order: Order,
    options?: ErrorOptions,
  ) {
    super(`no ${order.what}`, options)
  }
}

export const order = defineModel(Order, {
  tag: 'order',
  fields: z.object({ what: z.string(), at: z.date() }),
  decode: ({ what, at }) => new Order(what, at),
})

export const refusal = defineModel(Refusal, {
  tag: 'refusal',
  fields: z.object({ order: order.schema, message: z.string() }),
  allocate: () => Object.create(Refusal.prototype) as Refusal,
  populate: (error, { order, message }) => {
    Object.defineProperty(error, 'message', { value: message, configurable: true, writable: true })
    Object.assign(error, { order })
  },
  encode: ({ order, message }) => ({ order, message }),
})

/** Read by both sides: the worker's tests, and the modules that run sandboxed. */
export function ordersQueue(prefix?: string) {
  return defineQueue('orders', {
    ...(prefix !== undefined && { prefix }),
    models: [order, refusal],
    jobs: {
      obey: {
        payload: order.schema,
        result: z.object({ orders: z.array(order.schema), pid: z.number(), thread: z.number(), attempt: z.number() }),
        progress: z.object({ percent: z.number() }),
      },
      hurry: { payload: order.schema, timeoutMs: 1_500 },
    },
  })
}

export type Orders = ReturnType<typeof ordersQueue>
