// A user's program, as it is compiled and run in a project that has nothing but the packed package.
import { BrineError, createCodec, createProducer, createStore, createWorker, defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

class Person {
  readonly name: string
  readonly age: number

  constructor(name: string, age: number) {
    this.name = name
    this.age = age
  }

  toString(): string {
    return `${this.name} ${this.age}`
  }
}

const person = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string(), age: z.number() }),
  decode: ({ name, age }) => new Person(name, age),
})
const people = defineQueue('people', {
  models: [person],
  jobs: { greet: { payload: person.schema, result: z.object({ text: z.string(), person: person.schema }) } },
})

const place = { connection: process.env['REDIS_URL'], prefix: String(process.env['PREFIX']) }
const worker = createWorker(people, {
  ...place,
  handlers: { greet: async (person) => ({ text: `Hello, ${person}`, person }) },
})
const producer = createProducer(people, place)
const john = new Person('John', 20)

const job = await producer.enqueue('greet', john)
const { text, person: back } = await job.result({ timeoutMs: 10_000 })
console.log(text, back instanceof Person)

// @ts-expect-error: a payload that is no Person
const refused: unknown = await producer.enqueue('greet', { name: 'John' }).catch((error: unknown) => error)
console.log(refused instanceof BrineError && refused.code)
// @ts-expect-error: a job that the queue does not have
await producer.enqueue('gret', john).catch((error: BrineError) => console.log(error.code))
// @ts-expect-error: a result has no such property
console.log((await job.result()).txt)

const codec = createCodec({ models: [person] })
const decoded: Person = codec.decode(codec.encode(john), person.schema)
const store = createStore({ ...place, models: [person] })
await store.set('person-a', john)
console.log(`${decoded}, ${await store.get('person-a', person.schema)}`)

await Promise.all([producer.close(), worker.close(), store.close()])
