import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

/** A number and the primes that it is made of. */
export class Factors {
  constructor(
    readonly of: bigint,
    readonly primes: readonly bigint[],
  ) {}

  toString(): string {
    return `${this.of} = ${this.primes.join(' × ')}`
  }
}

const factors = defineModel(Factors, {
  tag: 'factors',
  fields: z.object({ of: z.bigint(), primes: z.array(z.bigint()) }),
  decode: ({ of, primes }) => new Factors(of, primes),
})

export const numbers = defineQueue('numbers', {
  models: [factors],
  jobs: {
    // Burns the processor for as long as it takes.
    factor: { payload: z.bigint(), result: z.object({ factors: factors.schema, inThread: z.boolean() }) },
    // Is answered at once.
    greet: { payload: z.string(), result: z.string() },
  },
})
