// The article, step by step: npx tsx producers/greet.ts, with workers/greet.ts in another terminal.
import './say-errors.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFiles, createProducer, createStore } from 'brinemq'
import { Person, people, person } from '../jobs/greet.ts'

const connection = process.env['REDIS_URL']
const john = new Person('John', 20)

const producer = createProducer(people, { connection })
const job = await producer.enqueue('greet', { person: john, at: new Date() })
const { text, greetedAt, by } = await job.result({ timeoutMs: 30_000 })
console.log(`  in a job      ${text}`)
console.log(`                said by worker ${by} on ${greetedAt.toUTCString()}`)
await producer.close()

const store = createStore({ connection, models: [person], prefix: 'people:' })
await store.set('person-a', john, { ttlMs: 60_000 })
const fromKey = await store.get('person-a', person.schema)
console.log(`  under a key   ${fromKey}, a ${fromKey?.constructor.name} again`)
await store.close()

const folder = await mkdtemp(join(tmpdir(), 'brinemq-'))
const kept = createFiles({ models: [person] })
await kept.write(join(folder, 'person.json'), john)
const fromFile = await kept.read(join(folder, 'person.json'), person.schema)
console.log(`  in a file     ${fromFile}, a ${fromFile.constructor.name} again`)
await rm(folder, { recursive: true })
