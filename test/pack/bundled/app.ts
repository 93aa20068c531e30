// A producer and a worker that a bundler makes one file of: see bundle.test.ts. HANDLER names the module of a sandboxed handler.
import { pathToFileURL } from 'node:url'
import { createProducer, createStore, createWorker, sandboxed } from 'brinemq'
import { grow, here, Person, people, Unborn } from './jobs.ts'

const { REDIS_URL: connection, PREFIX: prefix = '', HANDLER, WHERE } = process.env
const place = { connection, prefix }

async function run(): Promise<void> {
  const age = HANDLER ? sandboxed(pathToFileURL(HANDLER), { in: WHERE === 'process' ? 'process' : 'thread' }) : grow
  const worker = createWorker(people, { ...place, handlers: { age } })
  const producer = createProducer(people, place)
  const store = createStore({ connection, prefix: `${prefix}:people:` })
  const john = await (await producer.enqueue('age', new Person('John', 20))).result({ timeoutMs: 20_000 })
  console.log(`${john.person}`, john.person instanceof Person, john.where === here)
  const late = await producer.enqueue('age', new Person('Jane', -1))
  await late.result({ timeoutMs: 20_000 }).catch((error: unknown) => {
    console.log(error instanceof Unborn && error.person instanceof Person && `${error.person}`)
  })
  // A hash is no value of a store: Redis refuses.
  await store.get('meta').catch((error: { code?: unknown }) => console.log(error.code))
  await Promise.all([producer.close(), worker.close(), store.close()])
}

run().catch((error: { code?: unknown; message?: unknown }) => {
  console.log(error.code, error.message)
  process.exitCode = 1
})
