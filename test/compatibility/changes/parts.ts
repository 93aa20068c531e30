// What the rows of changes are made of.
import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'

class Robot {
  constructor(readonly fields: unknown) {}
}
// A class of its own for each: a project has one model for a class.
export const person = (fields: z.ZodType, tag = 'person') => {
  class Person {
    constructor(readonly fields: unknown) {}
  }
  return defineModel(Person, {
    tag,
    fields,
    encode: (one) => one.fields as never,
    decode: (given) => new Person(given),
  })
}
export const robot = defineModel(Robot, {
  tag: 'robot',
  fields: z.object({ n: z.number() }),
  encode: () => ({ n: 1 }),
  decode: (given) => new Robot(given),
})
export const known = person(z.object({ n: z.number() }))

/** A field `a` of what is stored, before and after, and what is found of it. */
export type Row = [title: string, before: z.ZodType | undefined, after: z.ZodType | undefined, found: string[]]

export const optional = z.string().optional()
export const card = z.object({ by: z.literal('card'), digits: z.string() })
export const cash = z.object({ by: z.literal('cash') })
export const post = z.object({ by: z.literal('post'), stamps: z.number() })
export const pay = (...options: [typeof card, ...(typeof cash | typeof post)[]]) => z.discriminatedUnion('by', options)
export const phone = (pattern: RegExp) => z.stringFormat('phone', pattern)
export const tree = (leaf: z.ZodType) => {
  const node: z.ZodType = z.object({
    leaf,
    get left() {
      return node.optional()
    },
    right: z.lazy(() => node.nullable()),
  })
  return node
}
