import {
  createProducer,
  createWorker,
  defineModel,
  defineQueue,
  type ProducerOptions,
  type WorkerOptions,
} from 'brinemq'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'

export class Person {
  constructor(
    readonly name: string,
    readonly age: number,
  ) {}

  toString(): string {
    return `${this.name} ${this.age}`
  }
}

/** An error of the user's own, with a cause and a field of another model. */
export class TooYoung extends Error {
  override readonly name = 'TooYoung'
  constructor(
    readonly person: Person,
    options?: ErrorOptions,
  ) {
    super(`${person.name} is too young`, options)
  }
}

export const person = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string(), age: z.number().int().nonnegative() }),
  decode: ({ name, age }) => new Person(name, age),
})

export const tooYoung = defineModel(TooYoung, {
  tag: 'too-young',
  fields: z.object({ person: person.schema, message: z.string(), cause: z.unknown() }),
  allocate: () => Object.create(TooYoung.prototype) as TooYoung,
  populate: (error, { person: who, message, cause }) => {
    Object.defineProperty(error, 'message', { value: message, configurable: true, writable: true })
    if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
    Object.assign(error, { person: who })
  },
  encode: (error) => ({ person: error.person, message: error.message, cause: error.cause }),
})

export const peopleJobs = {
  greet: {
    payload: z.object({ person: person.schema, at: z.date() }),
    result: z.object({ text: z.string(), greetedAt: z.date(), friends: z.array(person.schema) }),
    progress: z.object({ percent: z.number() }),
  },
  anything: { payload: z.unknown() },
}

export function peopleQueue() {
  return defineQueue('people', { prefix: freshPrefix(), models: [person, tooYoung], jobs: peopleJobs })
}

export type People = ReturnType<typeof peopleQueue>

/** Options of a worker that closes at once and does not report its errors. */
export const quiet = { connection: redisUrl, shutdownOnSignals: false, graceMs: 0, drainDelay: 1, onError: () => {} }

/** A producer for the running test. */
export function openProducer(contract: People = peopleQueue(), options: ProducerOptions = {}) {
  const producer = createProducer(contract, { connection: redisUrl, ...options })
  onTestFinished(() => producer.close())
  return producer
}

type Anything = WorkerOptions<People>['handlers']['anything']

/** A worker for the running test, whose `anything` is up to it. */
export function openWorker(contract: People, anything: Anything, options: Partial<WorkerOptions<People>> = {}) {
  const worker = createWorker(contract, {
    ...quiet,
    // What newer workers may be able to read is refused at once: test/rollout waits for them.
    skewTimeoutMs: 0,
    ...options,
    handlers: {
      greet: async ({ person: who }) => ({ text: `Hi ${who}`, greetedAt: new Date(1), friends: [who] }),
      anything,
      ...options.handlers,
    },
  })
  onTestFinished(() => worker.close())
  return worker
}

/** What a promise was rejected with, whatever it is. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => Promise.reject(new Error(`resolved with ${String(value)}`)),
    (reason: unknown) => reason,
  )
}

/** A promise and what settles it. */
export function gate<T = void>() {
  let open: (value: T) => void = () => {}
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

/** A function as a program without types could call it. */
export function untyped<T>(call: (...given: never[]) => T): (...given: unknown[]) => T {
  return (...given) => Reflect.apply(call, undefined, given) as T
}
