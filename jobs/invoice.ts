import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Money {
  constructor(
    readonly cents: bigint,
    readonly currency: string,
  ) {}

  toString(): string {
    return `${this.cents / 100n}.${`${this.cents % 100n}`.padStart(2, '0')} ${this.currency}`
  }
}

const money = defineModel(Money, {
  tag: 'money',
  fields: z.object({ cents: z.bigint(), currency: z.string() }),
  decode: ({ cents, currency }) => new Money(cents, currency),
})

// As producers that have not moved write it. When the last has moved, `accept` and these go.
const plainMoney = z
  .object({ cents: z.number().int(), currency: z.string() })
  .transform(({ cents, currency }) => new Money(BigInt(cents), currency))
const plainDate = z.iso.datetime().transform((text) => new Date(text))

export const invoices = defineQueue('invoices', {
  accept: 'json',
  models: [money],
  jobs: {
    send: {
      payload: z.object({ to: z.string(), total: money.schema.or(plainMoney), due: z.date().or(plainDate) }),
      result: z.object({ line: z.string(), paid: money.schema.or(plainMoney) }),
    },
  },
})
