// The contracts of the project that the tests of the command line run in.
import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Money {
  constructor(
    readonly amount: bigint,
    readonly currency: string,
  ) {}
}

export const money = defineModel(Money, {
  tag: 'money',
  fields: z.object({ amount: z.bigint(), currency: z.string().length(3) }),
  decode: ({ amount, currency }) => new Money(amount, currency),
})

export class Reader {
  name = ''
  friends: Reader[] = []
  born = new Date(0)
  card: string | undefined
}

export const reader = defineModel(Reader, {
  tag: 'reader',
  fields: z.object({
    name: z.string(),
    get friends() {
      return z.array(reader.schema)
    },
    born: z.date(),
    card: z.string().meta({ sensitive: true }).optional(),
  }),
})

const prefix = process.env['PREFIX'] ?? 'brine-cli'

export const loans = defineQueue('loans', {
  prefix,
  models: [money, reader],
  jobs: {
    lend: {
      payload: z.object({ to: reader.schema, due: z.date(), fee: money.schema.optional(), tags: z.set(z.string()) }),
      result: z.object({ shelf: z.string(), at: z.date() }),
      options: { attempts: 2 },
    },
    remind: { payload: z.object({ to: reader.schema }) },
  },
})

export const orders = defineQueue('orders', { prefix, models: [money], jobs: { order: { payload: money.schema } } })
