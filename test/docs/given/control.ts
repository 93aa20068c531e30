import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Order {
  constructor(readonly id: string) {}
  isDue(): boolean {
    return true
  }
}
export class CardDeclined extends Error {}
export class ServiceBusy extends Error {}

const model = defineModel(Order, { tag: 'order', fields: z.object({ id: z.string() }) })
export const orders = defineQueue('orders', {
  models: [model],
  jobs: { charge: { payload: model.schema, result: z.string() } },
})
export const order = new Order('o-1')
export declare const connection: string
export declare const bank: {
  charge(order: Order): Promise<{ status: number; retryAfterMs: number; receipt: string }>
}
