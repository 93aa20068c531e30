import { threadId } from 'node:worker_threads'
import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Person {
  constructor(
    readonly name: string,
    readonly age: number,
  ) {}

  toString(): string {
    return `${this.name}, ${this.age}`
  }
}

export class Unborn extends Error {
  override readonly name = 'Unborn'
  readonly person: Person

  constructor(person: Person) {
    super('not born yet')
    this.person = person
  }
}

const person = defineModel(Person, { tag: 'person', fields: z.object({ name: z.string(), age: z.number() }) })
const unborn = defineModel(Unborn, { tag: 'unborn', fields: z.object({ person: person.schema }) })

export const people = defineQueue('people', {
  models: [person, unborn],
  jobs: { age: { payload: person.schema, result: z.object({ person: person.schema, where: z.string() }) } },
})

/** The process and thread that runs this. */
export const here = `${process.pid} ${threadId}`

/** A year later. */
export function grow(grown: Person): { person: Person; where: string } {
  if (grown.age < 0) throw new Unborn(grown)
  return { person: new Person(grown.name, grown.age + 1), where: here }
}
