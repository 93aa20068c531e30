// A project of one model and one of one job, with whatever is changed in them.
import { z } from 'zod'
import { defineModel } from '../../src/model/define-model.ts'
import { untyped } from '../queue/people.ts'
import { queue } from './deploy.ts'

export class Person {
  constructor(readonly name: string) {}
}
export const fields = z.object({ name: z.string() })
export const person = (over: object = {}) =>
  untyped(defineModel)(Person, {
    ...{ tag: 'person', fields, decode: ({ name }: z.infer<typeof fields>) => new Person(name) },
    ...over,
  })
export const model = (over: object = {}) => {
  const one = person(over)
  return { queues: [queue({ greet: { payload: z.object({ who: one.schema }) } }, [one])] }
}
export const payload = z.object({ n: z.number() })
export const job = (over: object = {}, name = 'greet', rest: object = {}) => ({
  queues: [untyped(queue)({ [name]: { payload, ...over }, ...rest })],
})
export const renamed = z.object({ full: z.string() })
export const upcast = { 1: ({ name }: { name: string }) => ({ full: name }) }
export const full = {
  fields: renamed,
  encode: (one: Person) => ({ full: one.name }),
  decode: (given: z.infer<typeof renamed>) => new Person(given.full),
}
