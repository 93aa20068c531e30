import { z } from 'zod'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { defineModel } from '../../src/model/define-model.ts'

/** A module of a user's, which tests load twice. */
export class Person {
  constructor(readonly name: string) {}
}

/** A class without a name. */
export const Unnamed = (() => class {})()

export const person = defineModel(Person, { tag: 'person', fields: z.object({ name: z.string() }) })
export const unnamed = defineModel(Unnamed, { tag: 'unnamed', fields: z.object({}) })

export const people = defineQueue('people', {
  models: [person, unnamed],
  jobs: {
    greet: {
      payload: z.object({ list: z.array(person.schema.optional()).optional(), unnamed: unnamed.schema.optional() }),
      result: z.union([z.string(), person.schema]),
    },
    anything: { payload: z.any() },
  },
})
