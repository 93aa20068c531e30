// Compiled, never run: what must compile does, and what must not is expected not to.
import { defineModel, defineQueue, node, type Producer } from 'brinemq'
import { createFakeFlows, createFakeProducer, createInline, createInlineFlows, useEmbedded } from 'brinemq/testing'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>() => {}

class Person {
  readonly #secret = 1
  constructor(readonly name: string) {}
  secret() {
    return this.#secret
  }
}
const person = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string() }),
  decode: ({ name }) => new Person(name),
})
const people = defineQueue('people', {
  models: [person],
  jobs: {
    greet: { payload: z.object({ person: person.schema, at: z.date() }), result: z.object({ text: z.string() }) },
    measure: { payload: z.string().transform((text) => text.length), result: z.number() },
  },
})
const usesProducer = (_: Producer<typeof people>) => {}

export async function fakes() {
  const fake = createFakeProducer(people)
  usesProducer(fake)
  const [job] = fake.enqueued('greet')
  if (job) holds<Same<typeof job.payload, { person: Person; at: Date }>>()
  for (const one of fake.jobs) {
    if (one.name === 'measure') holds<Same<typeof one.payload, number>>()
    else holds<Same<typeof one.payload, { person: Person; at: Date }>>()
  }
  const { payload } = fake.expectEnqueued('greet', { person: { name: 'John' } }, { delay: 5 })
  holds<Same<typeof payload, { person: Person; at: Date }>>()
  fake.expectEnqueued('greet', { person: new Person('John') })
  fake.expectEnqueued('greet', (given) => given.person.name === 'John')
  fake.expectEnqueued('measure', 4)
  fake.expectNotEnqueued('greet')
  const handle = await fake.enqueue('greet', { person: new Person('John'), at: new Date() })
  await fake.complete(handle, { text: 'Hi' })
  await fake.complete('some-id', { text: 'Hi' })
  fake.fail(handle, new Error('no'))

  // @ts-expect-error there is no such job
  fake.enqueued('grete')
  // @ts-expect-error a payload that no job of that name can have
  fake.expectEnqueued('greet', { person: { name: 5 } })
  // @ts-expect-error a property that the payload does not have
  fake.expectEnqueued('greet', { persn: { name: 'John' } })
  // @ts-expect-error BullMQ has no such option
  fake.expectEnqueued('greet', {}, { delai: 5 })
  // @ts-expect-error a result of another type
  await fake.complete(handle, { text: 5 })
  // @ts-expect-error a payload of another type
  await fake.enqueue('measure', 5)
}

export async function runs() {
  const inline = createInline(people, {
    handlers: {
      greet: ({ person: who }) => ({ text: who.name }),
      measure: (length) => length,
    },
  })
  usesProducer(inline)
  await inline.clock.advance(5)
  const result = await (await inline.enqueue('measure', 'text')).result()
  holds<Same<typeof result, number>>()
  for (const outcome of await inline.drain()) {
    if (outcome.state === 'completed' && outcome.name === 'greet')
      holds<Same<typeof outcome.result, { text: string }>>()
    if (outcome.state === 'failed') holds<Same<typeof outcome.error, unknown>>()
  }
  // @ts-expect-error a handler is missing
  createInline(people, { handlers: { measure: (length) => length } })
  // @ts-expect-error handlers are needed
  createInline(people)
  // @ts-expect-error a result of another type
  createInline(people, { handlers: { greet: () => ({ text: 5 }), measure: () => 1 } })

  const flows = createInlineFlows(inline)
  const tree = await flows.add(node(people, 'measure', 'text', { children: [node(people, 'measure', 'other')] }))
  holds<Same<Awaited<ReturnType<(typeof tree.children)[0]['job']['result']>>, number>>()
  // @ts-expect-error a payload of another type
  await flows.add(node(people, 'measure', 5))
  // @ts-expect-error a producer is no inline
  createInlineFlows(createFakeProducer(people).enqueue)

  const faked = await createFakeFlows(createFakeProducer(people)).add(node(people, 'measure', 'text'))
  holds<Same<Awaited<ReturnType<typeof faked.job.result>>, number>>()
  // @ts-expect-error flows are captured by fakes
  createFakeFlows(people)
  const handlers = { greet: () => ({ text: '' }), measure: () => 1 }
  // @ts-expect-error BullMQ's own name is duration
  createInline(people, { handlers, limiter: { max: 1, durationMs: 1 } })
  createInline(people, { handlers, limiter: { max: 1, duration: 1 } })

  const redis = await useEmbedded()
  holds<Same<typeof redis.connection, string>>()
  holds<Same<ReturnType<typeof redis.prefix>, string>>()
}
