import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

/** What a job carries: a number, and a seal by which one sees whether it is still what was sent. */
export class Parcel {
  constructor(
    readonly number: number,
    readonly seal: bigint = BigInt(number) ** 7n,
  ) {}

  isWhole(): boolean {
    return this.seal === BigInt(this.number) ** 7n
  }
}

const parcel = defineModel(Parcel, {
  tag: 'parcel',
  fields: z.object({ number: z.number(), seal: z.bigint() }),
  decode: ({ number, seal }) => new Parcel(number, seal),
})

export const parcels = defineQueue('parcels', {
  models: [parcel],
  jobs: { deliver: { payload: parcel.schema, result: z.object({ delivered: parcel.schema, whole: z.boolean() }) } },
})
