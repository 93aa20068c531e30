import { defineModel } from 'brinemq'
import { z } from 'zod'

export class Person {
  constructor(
    readonly name: string,
    readonly age: number,
  ) {}

  toString(): string {
    return `${this.name} ${this.age}`
  }
}

export const person = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string(), age: z.number().int().nonnegative() }),
  decode: ({ name, age }) => new Person(name, age),
})

/** A class that `await` would call. */
export class Query {
  sql = ''
  // biome-ignore lint/suspicious/noThenProperty: it is what is tested
  then(): never {
    throw new Error('called')
  }
}

export const query = defineModel(Query, { tag: 'query', fields: z.object({ sql: z.string() }) })
