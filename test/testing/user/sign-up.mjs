// A program of a user's, in plain JavaScript: its contract, the code under test, and its handlers.
import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Person {
  constructor(name, age) {
    this.name = name
    this.age = age
  }

  toString() {
    return `${this.name} ${this.age}`
  }
}

const person = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string(), age: z.number() }),
  decode: ({ name, age }) => new Person(name, age),
})

export const people = defineQueue('people', {
  models: [person],
  jobs: {
    greet: {
      payload: z.object({ person: person.schema, at: z.date() }),
      result: z.object({ text: z.string() }),
      options: { attempts: 3, backoff: 1_000 },
    },
  },
})

export async function signUp(producer, who) {
  const job = await producer.enqueue('greet', { person: who, at: new Date() }, { delay: 60_000 })
  return job.id
}

export const handlers = {
  greet: async ({ person: who }, { attempt }) => {
    if (attempt === 1) throw new RangeError('the line is busy')
    return { text: `Hi ${who}` }
  },
}
