// Two builds of one program: what each has as its contract, what it enqueues, and which shapes its handlers know.
import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

class Person {
  declare name: string
}
class NamedPerson {
  declare full: string
}
class Pet {
  declare kind: string
}

const before = defineModel(Person, { tag: 'person', fields: z.object({ name: z.string() }) })
const after = defineModel(NamedPerson, {
  tag: 'person',
  version: 2,
  fields: z.object({ full: z.string() }),
  upcast: { 1: ({ name }: { name: string }) => ({ full: name }) },
})
const pet = defineModel(Pet, { tag: 'pet', fields: z.object({ kind: z.string() }) })
const anything = z.unknown()

export type BuildName = 'v1' | 'v2'

function isExactly(given: unknown, prototype: object, field: string): boolean {
  return Object.getPrototypeOf(given) === prototype && Object.keys(Object(given)).join() === field
}

/** What a build is made of. */
export function build(name: BuildName, prefix: string) {
  return name === 'v1' ? first(prefix) : second(prefix)
}

function first(prefix: string) {
  const person = () => Object.assign(new Person(), { name: 'Ann' })
  return {
    contract: defineQueue('town', {
      prefix,
      models: [before],
      jobs: { greet: { payload: z.object({ who: before.schema, nested: anything }) }, feed: { payload: anything } },
    }),
    jobs: [
      ['greet', () => ({ who: person(), nested: [person()] })],
      ['feed', () => 'a cat'],
    ] as [string, () => unknown][],
    knows: {
      greet: (given: { who: unknown; nested: unknown[] }) =>
        [given.who, ...given.nested].every((one) => isExactly(one, Person.prototype, 'name')),
      feed: (given: unknown) => given === 'a cat',
    } as Record<string, (given: never) => boolean>,
  }
}

/** It renames a field of a model, adds a job, renames a job by an alias, and adds a tag. */
function second(prefix: string) {
  const person = () => Object.assign(new NamedPerson(), { full: 'Ann' })
  return {
    contract: defineQueue('town', {
      prefix,
      models: [after, pet],
      jobs: {
        welcome: { aliases: ['greet'], payload: z.object({ who: after.schema, nested: anything }) },
        feed: { payload: anything },
        wave: { payload: z.string() },
      },
    }),
    jobs: [
      ['welcome', () => ({ who: person(), nested: [person()] })],
      ['feed', () => Object.assign(new Pet(), { kind: 'cat' })],
      ['feed', () => 'a cat'],
      ['wave', () => 'hello'],
    ] as [string, () => unknown][],
    knows: {
      welcome: (given: { who: unknown; nested: unknown[] }) =>
        [given.who, ...given.nested].every((one) => isExactly(one, NamedPerson.prototype, 'full')),
      feed: (given: unknown) => given === 'a cat' || isExactly(given, Pet.prototype, 'kind'),
      wave: (given: unknown) => given === 'hello',
    } as Record<string, (given: never) => boolean>,
  }
}
