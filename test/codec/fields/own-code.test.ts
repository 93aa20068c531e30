import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createEnvelopeCodec } from '../../../src/codec/envelope-codec.ts'
import { defineModel } from '../../../src/model/define-model.ts'
import type { Model } from '../../../src/model/model.ts'
import { createValidator } from '../../../src/schema/validate.ts'

const place = { kind: 'value' } as const
const failure = { code: 'VALUE_INVALID' } as const

describe("a model's own code", () => {
  class Counted {
    constructor(readonly value: unknown) {}
  }
  let asked = 0
  const counted: Model<Counted> = defineModel(Counted, {
    tag: 'counted',
    fields: z.object({ value: z.union([z.number(), z.date()]) }),
    encode: ({ value }) => {
      asked += 1
      return { value: value as number }
    },
    decode: ({ value }) => new Counted(value),
  })
  const counting = createEnvelopeCodec({ models: [counted] })
  const shared = new Date(0)

  test.each([
    ['one encoding', [new Counted(1), new Counted(2)]],
    ['two encodings', [new Counted(shared), new Counted(shared)]],
    ['a refusal', [new Counted(1), new Counted('x')]],
  ])('is asked once for each instance, by %s', (_, value) => {
    asked = 0
    const validator = createValidator(z.array(counted.schema))
    try {
      counting.encodeChecked(value, place, { validator, failure })
    } catch {}
    expect(asked).toBe(2)
  })
})
