// Compiled, never run: what must compile does, and what must not is expected not to.
import {
  createProducer,
  createWorker,
  defineModel,
  defineQueue,
  type HandlerContext,
  type JobNames,
  type PayloadInput,
  type PayloadOutput,
  type ProgressInput,
  type ResultInput,
  type ResultOutput,
} from 'brinemq'
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
    greet: {
      payload: z.object({ person: person.schema, at: z.date() }),
      result: z.object({ text: z.string() }),
      progress: z.object({ percent: z.number() }),
      options: { attempts: 3, backoff: { type: 'exponential', delay: 100 } },
    },
    measure: { payload: z.string().transform((text) => text.length), result: z.number().transform((n) => `${n}`) },
    anything: { payload: z.unknown() },
  },
})
type People = typeof people

holds<Same<JobNames<People>, 'greet' | 'measure' | 'anything'>>()
holds<Same<PayloadInput<People, 'greet'>, { person: Person; at: Date }>>()
holds<Same<PayloadInput<People, 'measure'>, string>>()
holds<Same<PayloadOutput<People, 'measure'>, number>>()
holds<Same<ResultInput<People, 'measure'>, number>>()
holds<Same<ResultOutput<People, 'measure'>, string>>()
holds<Same<ResultInput<People, 'anything'>, unknown>>()
holds<Same<ResultOutput<People, 'anything'>, unknown>>()
holds<Same<ProgressInput<People, 'greet'>, { percent: number }>>()
holds<Same<ProgressInput<People, 'measure'>, unknown>>()
holds<Same<People['name'], 'people'>>()

export async function produces() {
  const producer = createProducer(people, { connection: 'redis://127.0.0.1' })
  const john = new Person('John')
  const job = await producer.enqueue(
    'greet',
    { person: john, at: new Date() },
    { delay: 5, priority: 2, removeOnComplete: true },
  )
  holds<Same<typeof job.name, 'greet'>>()
  const result = await job.result({ timeoutMs: 10 })
  holds<Same<typeof result, { text: string }>>()
  const measured = await (await producer.enqueue('measure', 'text')).result()
  holds<Same<typeof measured, string>>()
  const [first, second] = await producer.enqueueBulk([
    { name: 'measure', payload: 'text' },
    { name: 'greet', payload: { person: john, at: new Date() }, options: { jobId: 'a' } },
  ])
  holds<Same<Awaited<ReturnType<typeof first.result>>, string>>()
  holds<Same<Awaited<ReturnType<typeof second.result>>, { text: string }>>()
  const many = await producer.enqueueBulk(['a', 'b'].map((payload) => ({ name: 'measure', payload }) as const))
  holds<Same<Awaited<ReturnType<(typeof many)[number]['result']>>, string>>()
  const found = await producer.job('measure', 'some-id').result()
  holds<Same<typeof found, string>>()

  // @ts-expect-error there is no such job
  await producer.enqueue('grete', { person: john, at: new Date() })
  // @ts-expect-error a date is no text
  await producer.enqueue('greet', { person: john, at: 'now' })
  // @ts-expect-error a plain object is no Person: it lacks the private field
  await producer.enqueue('greet', { person: { name: 'John' }, at: new Date() })
  // @ts-expect-error the payload is not complete
  await producer.enqueue('greet', { person: john })
  // @ts-expect-error an enqueue takes the schema's input, not its output
  await producer.enqueue('measure', 4)
  // @ts-expect-error a payload is needed
  await producer.enqueue('greet')
  // @ts-expect-error BullMQ has no such option
  await producer.enqueue('anything', 1, { delai: 5 })
  // @ts-expect-error an option of another type
  await producer.enqueue('anything', 1, { attempts: 'three' })
  // @ts-expect-error the payload of another job
  await producer.enqueueBulk([{ name: 'greet', payload: 'text' }])
  // @ts-expect-error there is no such job
  producer.job('nobody', 'some-id')
  // @ts-expect-error the unit is in the name
  await job.result({ timeout: 10 })
  // @ts-expect-error a result of another type
  const wrong: { text: number } = await job.result()
  return wrong
}

export function works() {
  createWorker(people, {
    connection: { host: '127.0.0.1', port: 6379 },
    concurrency: 20,
    limiter: { max: 5, duration: 1_000 },
    handlers: {
      greet: async ({ person: who, at }, { signal, progress, log, attempt, id }) => {
        holds<Same<typeof who, Person>>()
        holds<Same<typeof at, Date>>()
        holds<Same<typeof signal, AbortSignal>>()
        holds<Same<typeof id, string>>()
        await progress({ percent: attempt })
        await log(who.name)
        // @ts-expect-error progress of another type
        await progress({ percent: 'half' })
        return { text: who.name }
      },
      measure: (length, context) => {
        holds<Same<typeof length, number>>()
        holds<Same<typeof context, HandlerContext<People, 'measure'>>>()
        return length
      },
      anything: () => {},
    },
  })
  createWorker(people, {
    // @ts-expect-error a handler is missing
    handlers: { greet: () => ({ text: '' }), measure: () => 1 },
  })
  createWorker(people, {
    handlers: {
      // @ts-expect-error a result of another type
      greet: async () => ({ text: 5 }),
      // @ts-expect-error the handler returns the schema's input, not its output
      measure: () => '1',
      anything: () => {},
    },
  })
  createWorker(people, {
    handlers: {
      greet: () => ({ text: '' }),
      measure: () => 1,
      anything: () => {},
      // @ts-expect-error there is no such job
      nobody: () => {},
    },
  })
  createWorker(people, {
    handlers: { greet: () => ({ text: '' }), measure: () => 1, anything: () => {} },
    // @ts-expect-error there is no such option
    concurency: 5,
  })
  // @ts-expect-error handlers are needed
  createWorker(people, { concurrency: 5 })
}

export function defines() {
  // @ts-expect-error a payload is needed
  defineQueue('a', { jobs: { b: {} } })
  // @ts-expect-error a payload is a zod schema
  defineQueue('a', { jobs: { b: { payload: { type: 'string' } } } })
  // @ts-expect-error jobs are needed
  defineQueue('a', {})
  // @ts-expect-error an option of another type
  defineQueue('a', { jobs: { b: { payload: z.string(), options: { attempts: '3' } } } })
  // @ts-expect-error a class is no model
  defineQueue('a', { models: [Person], jobs: { b: { payload: z.string() } } })
}
