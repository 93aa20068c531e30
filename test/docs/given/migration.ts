import { defineModel } from 'brinemq'
import { z } from 'zod'
import { invoices, Money } from '../../../jobs/invoice.ts'

export { defineQueue, openJob } from 'brinemq'
export { Worker } from 'bullmq'
export { invoices, Money, z }
export const money = defineModel(Money, {
  tag: 'money',
  fields: z.object({ cents: z.bigint(), currency: z.string() }),
  decode: ({ cents, currency }) => new Money(cents, currency),
})
export declare function sendInvoice(
  payload: z.output<typeof invoices.jobs.send.payload>,
): Promise<z.input<typeof invoices.jobs.send.result>>
