import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

/** The article's class: an object with a method of its own, which a dictionary would lose. */
export class Person {
  constructor(
    readonly name: string,
    readonly age: number,
  ) {}

  toString(): string {
    return `${this.name} ${this.age}`
  }

  greet(): string {
    return `Hello, I am ${this.name}, and next year I will be ${this.age + 1}`
  }
}

export const person = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string(), age: z.number().int().nonnegative() }),
  decode: ({ name, age }) => new Person(name, age),
})

export const people = defineQueue('people', {
  models: [person],
  jobs: {
    greet: {
      payload: z.object({ person: person.schema, at: z.date() }),
      result: z.object({ text: z.string(), greetedAt: z.date(), by: z.number() }),
      options: { removeOnComplete: { age: 3600 } },
    },
  },
})
