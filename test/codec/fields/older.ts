import fc from 'fast-check'
import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import type { Model } from '../../../src/model/model.ts'

class Call {
  readonly at: unknown
  constructor(fields: object) {
    Object.assign(this, fields)
  }
}
const decode = (fields: object) => new Call(fields)

/** The models of builds before, of the classes that they had then, and instances of those. */
export const older: readonly { models: readonly Model[]; values: fc.Arbitrary<unknown> }[] = [
  {
    models: [defineModel(Call, { tag: 'call', fields: z.object({ at: z.number(), name: z.string() }), decode })],
    values: fc
      .record({
        at: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
        name: fc.constantFrom('Jo', 'nobody'),
      })
      .map(decode),
  },
  {
    models: [
      defineModel(Call, {
        tag: 'visit',
        version: 2,
        fields: z.object({ at: z.date().nullable(), first: z.string(), last: z.string().optional() }),
        decode,
        upcast: {},
      }),
    ],
    values: fc
      .record(
        {
          at: fc.option(fc.date({ noInvalidDate: true }), { freq: 9 }),
          first: fc.constantFrom('Jo', 'nobody'),
          last: fc.string(),
        },
        { requiredKeys: ['at', 'first'], noNullPrototype: true },
      )
      .map(decode),
  },
  {
    // Of the same version, and yet of other fields: somebody changed them without a word.
    models: [
      defineModel(Call, {
        tag: 'visit',
        version: 3,
        fields: z.object({ tags: z.set(z.string()), at: z.date(), who: z.unknown(), stray: z.bigint().optional() }),
        decode,
        upcast: {},
      }),
    ],
    values: fc
      .record(
        {
          tags: fc.array(fc.string()).map((tags) => new Set(tags)),
          at: fc.date({ noInvalidDate: true }),
          who: fc.oneof(fc.constant('x'), fc.record({ first: fc.string() }, { noNullPrototype: true })),
          stray: fc.bigInt(),
        },
        { requiredKeys: ['tags', 'at', 'who'], noNullPrototype: true },
      )
      .map(decode),
  },
]
