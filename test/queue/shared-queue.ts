import { createProducer, createWorker, defineQueue } from 'brinemq'
import { Queue, QueueEvents, Worker, type WorkerOptions } from 'bullmq'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { Person, person } from './people.ts'

// The forms in which both kinds of producers give a person and a date, for as long as there are both.
const anyPerson = person.schema.or(
  z.object({ name: z.string(), age: z.number() }).transform(({ name, age }) => new Person(name, age)),
)
const anyDate = z.date().or(z.iso.datetime().transform((text) => new Date(text)))

export function sharedQueue(definition: { accept?: 'json' } = { accept: 'json' }) {
  return defineQueue('people', {
    ...definition,
    prefix: freshPrefix(),
    models: [person],
    limits: { maxDepth: 50, maxArrayLength: 1_000, maxNodes: 5_000 },
    jobs: {
      greet: {
        payload: z.object({ person: anyPerson, at: anyDate }),
        result: z.object({ text: z.string(), greeted: anyPerson, at: anyDate }),
        progress: z.object({ percent: z.number() }),
      },
      anything: { payload: z.unknown() },
    },
  })
}
type Shared = ReturnType<typeof sharedQueue>

const connection = { url: redisUrl, maxRetriesPerRequest: null }

export function ours(contract: Shared) {
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  return producer
}

type Anything = Parameters<typeof createWorker<Shared>>[1]['handlers']['anything']

export function ourWorker(contract: Shared, anything: Anything = (payload) => payload) {
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false, graceMs: 0, drainDelay: 1 },
    handlers: {
      greet: ({ person: who, at: when }) => ({ text: `Hi ${who}`, greeted: who, at: when }),
      anything,
    },
  })
  onTestFinished(() => worker.close())
  return worker
}

/** A queue and its events as a program that knows nothing of BrineMQ opens them. */
export function plain({ name, prefix = '' }: Shared) {
  const queue = new Queue(name, { connection, prefix })
  // From the beginning: its first read may be later than the job's end.
  const events = new QueueEvents(name, { connection, prefix, lastEventId: '0-0' })
  queue.setMaxListeners(0)
  onTestFinished(async () => {
    await Promise.all([queue.close(), events.close()])
  })
  return { queue, events }
}

export function plainWorker({ name, prefix = '' }: Shared, process: ConstructorParameters<typeof Worker>[1]) {
  const options: WorkerOptions = { connection, prefix, drainDelay: 1 }
  const worker = new Worker(name, process, options)
  onTestFinished(() => worker.close())
  return worker
}
