import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Name {
  constructor(
    readonly first: string,
    readonly last: string,
  ) {}

  get full(): string {
    return `${this.first} ${this.last}`
  }
}

const decode = ({ first, last }: { first: string; last: string }) => new Name(first, last)

/** The contract as it was: the job was called `send`, and took kilograms. */
export function olderParcels(prefix?: string) {
  // Names were one text.
  const name = defineModel(Name, {
    tag: 'full-name',
    fields: z.object({ full: z.string() }),
    encode: (one) => ({ full: one.full }),
    decode: ({ full }) => decode({ first: full.split(' ')[0] ?? '', last: full.split(' ')[1] ?? '' }),
  })
  return defineQueue('parcels', {
    ...(prefix !== undefined && { prefix }),
    models: [name],
    jobs: {
      send: {
        payload: z.object({ who: name.schema, kilos: z.number() }),
        result: z.object({ text: z.string() }),
        progress: z.number(),
      },
    },
  })
}

/** The contract of today. */
export function parcels(prefix?: string) {
  const name = defineModel(Name, {
    tag: 'name',
    version: 2,
    aliases: ['full-name'],
    fields: z.object({ first: z.string(), last: z.string() }),
    decode,
    upcast: {
      1: ({ full }: { full: string }) => {
        const [first = '', last = ''] = full.split(' ')
        return { first, last }
      },
    },
  })
  const weightGrams = z.number().int()
  return defineQueue('parcels', {
    ...(prefix !== undefined && { prefix }),
    models: [name],
    jobs: {
      deliver: {
        version: 3,
        aliases: ['send'],
        payload: z.object({ to: name.schema, weightGrams }),
        result: z.object({ text: z.string() }),
        progress: z.number(),
        upcast: {
          // What is in a payload is of today: here a Name.
          1: ({ who, kilos }: { who: Name; kilos: number }) => ({ to: who, kilos }),
          2: ({ to, kilos }: { to: Name; kilos: number }) => ({ to, weightGrams: kilos * 1_000 }),
        },
      },
      batch: { payload: z.unknown(), result: z.array(z.string()) },
    },
  })
}
