import type { Redis } from 'ioredis'
import { openClient } from '../connection.ts'
import { openProducer, type People } from '../queue/people.ts'

/** The fields of a hash, byte for byte: as latin1, which any bytes are. */
export type Fields = Map<string, string>

export async function readHash(redis: Redis, key: string): Promise<Fields> {
  const flat = (await redis.callBuffer('HGETALL', key)) as Buffer[]
  const fields: Fields = new Map()
  for (let at = 0; at < flat.length; at += 2) {
    fields.set(String(flat[at]?.toString('latin1')), String(flat[at + 1]?.toString('latin1')))
  }
  return fields
}

/** What a worker changes of a hash when it takes the job. */
export const changedByTaking = ['processedOn', 'ats', 'pb', 'stc']

/** How a job is made poison behind BullMQ's back, and what it is refused with. */
export interface Poison {
  title: string
  code: string
  path?: string
  change(redis: Redis, key: string): Promise<unknown>
}

const set = (field: string, value: string | Buffer) => (redis: Redis, key: string) => redis.hset(key, field, value)
const remove = (field: string) => (redis: Redis, key: string) => redis.hdel(key, field)

/** Changes the text of the payload, whatever encodes it. */
const rewrite = (change: (text: string) => string) => async (redis: Redis, key: string) =>
  redis.hset(key, 'data', change(String(await redis.hget(key, 'data'))))

const damaged = 'TEXT_INVALID'
// Of every byte there is, and no UTF-8.
const bytes = Buffer.from(Array.from({ length: 1_024 }, (_, index) => (index * 7) % 256))

/** Jobs named `anything`, whose payload is `{ secret: 1 }`. */
export const poisons: readonly Poison[] = [
  { title: 'data is no JSON', code: damaged, path: '$', change: set('data', 'not json') },
  { title: 'data is cut off', code: damaged, path: '$', change: rewrite((text) => text.slice(0, -5)) },
  { title: 'data is JSON of another kind', code: damaged, path: '$', change: set('data', '{"secret":1}') },
  { title: 'data is empty', code: damaged, change: set('data', '') },
  { title: 'data is bytes that are no UTF-8', code: damaged, change: set('data', bytes) },
  { title: 'data is a megabyte of nothing', code: 'LIMIT_EXCEEDED', change: set('data', Buffer.alloc(3_000_000)) },
  { title: 'data is gone', code: damaged, change: remove('data') },
  {
    title: 'envelope has a member more',
    code: damaged,
    path: '$',
    change: rewrite((text) => text.replace('{', '{"also":1,')),
  },
  {
    title: 'envelope is of another kind of text',
    code: damaged,
    path: '$',
    change: rewrite((text) => text.replace('"payload"', '"result"')),
  },
  {
    title: 'envelope is of a newer BrineMQ',
    code: 'ENCODING_UNKNOWN',
    change: rewrite((text) => text.replace('"brine":1', '"brine":99')),
  },
  {
    title: 'version is newer',
    code: 'VERSION_NEWER',
    path: '$',
    change: rewrite((text) => text.replace('"version":1', '"version":2')),
  },
  {
    title: 'tag is not known',
    code: 'TAG_UNKNOWN',
    change: set(
      'data',
      '{"brine":1,"kind":"payload","job":"anything","version":1,"encoding":"devalue/6","body":[["stranger@1",1],{}]}',
    ),
  },
  { title: 'name is not known', code: 'JOB_UNKNOWN', change: set('name', 'nobody') },
  { title: 'name is that of another job', code: damaged, change: set('name', 'greet') },
  { title: 'name is bytes that are no UTF-8', code: 'JOB_UNKNOWN', change: set('name', bytes) },
  { title: 'name is gone', code: 'JOB_UNKNOWN', change: remove('name') },
  {
    title: 'payload its schema refuses',
    code: 'PAYLOAD_INVALID',
    path: '$.person',
    async change(redis, key) {
      await rewrite((text) => text.replace('"anything"', '"greet"'))(redis, key)
      await redis.hset(key, 'name', 'greet')
    },
  },
  { title: 'opts are no JSON', code: damaged, change: set('opts', '{"attempts":') },
  { title: 'opts are no object', code: damaged, change: set('opts', 'null') },
  {
    title: 'opts are more than anybody writes',
    code: damaged,
    change: set('opts', JSON.stringify({ telemetry: 'x'.repeat(70_000) })),
  },
  { title: 'opts keep what cannot be counted', code: damaged, change: set('opts', '{"removeOnComplete":{"age":"x"}}') },
  { title: 'opts are gone', code: damaged, change: remove('opts') },
  { title: 'parent is no JSON', code: damaged, change: set('parent', 'nonsense') },
  { title: 'parent names none', code: damaged, change: set('parent', '{}') },
  { title: 'parent is another than its key says', code: damaged, change: set('parentKey', 'bull:others:1') },
  { title: 'timestamp is gone', code: damaged, change: remove('timestamp') },
  { title: 'timestamp is no number', code: damaged, change: set('timestamp', 'soon') },
  { title: 'timestamp is beyond all numbers', code: damaged, change: set('timestamp', '1e999') },
  { title: 'count of attempts is no number', code: damaged, change: set('atm', 'many') },
  { title: 'count of stalls is no number', code: damaged, change: set('stc', '1.5') },
  {
    title: 'hash has fields that nobody knows',
    code: damaged,
    change: (redis, key) => redis.call('HSET', key, 'data', '', bytes, bytes),
  },
]

/** A job of three attempts that is made poison before any worker has it. */
export async function enqueuePoison(contract: People, { change }: Poison) {
  const producer = openProducer(contract)
  const job = await producer.enqueue('anything', { secret: 1 }, { attempts: 3 })
  const redis = openClient()
  const key = `${contract.prefix}:people:${job.id}`
  await change(redis, key)
  return { producer, job, redis, key, before: await readHash(redis, key) }
}

/** What is kept of a job in its entry, byte for byte. */
export async function readKept(redis: Redis, entry: string): Promise<Fields> {
  const kept = [...(await readHash(redis, entry))].filter(([name]) => name.startsWith('was:'))
  return new Map(kept.map(([name, value]) => [name.slice('was:'.length), value]))
}

export function without(fields: Fields, names: readonly string[]): Fields {
  return new Map([...fields].filter(([name]) => !names.includes(name)))
}
