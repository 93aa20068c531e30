import { defineQueue } from 'brinemq'
import type { Redis } from 'ioredis'
import { freshPrefix } from '../connection.ts'
import { type People, peopleJobs, person, tooYoung } from './people.ts'

/** A queue whose jobs are small, so that what is too long for it need not be large. */
export const smallQueue = (): People =>
  defineQueue('people', {
    prefix: freshPrefix(),
    models: [person, tooYoung],
    jobs: peopleJobs,
    limits: { maxBytes: 10_000 },
  })

/** What a stranger has done to a job before any worker took it. */
export interface Planted {
  title: string
  plant(redis: Redis, key: string, contract: People): Promise<unknown>
}

/** Writes fields of so many megabytes, which are made in Redis. */
export const fill = (fields: Record<string, number>) => (redis: Redis, key: string) =>
  Promise.all(
    Object.entries(fields).map(([field, megabytes]) =>
      redis.eval(
        "return redis.call('HSET', KEYS[1], ARGV[1], string.rep('x', ARGV[2]))",
        1,
        key,
        field,
        megabytes * 1e6,
      ),
    ),
  )
const setEach = (fields: Record<string, string>) => (redis: Redis, key: string) => redis.hset(key, fields)
const option = (name: string, value: unknown) => async (redis: Redis, key: string) => {
  const options = JSON.parse(String(await redis.hget(key, 'opts')))
  await redis.hset(key, 'opts', JSON.stringify({ ...options, [name]: value }))
}

/** Jobs that no worker can run: they are kept in quarantine. */
export const refused: readonly (Planted & { code: string })[] = [
  { title: 'data of 2 MB', code: 'LIMIT_EXCEEDED', plant: fill({ data: 2 }) },
  { title: 'options of 2 MB', code: 'LIMIT_EXCEEDED', plant: fill({ opts: 2 }) },
  { title: 'a parent of 2 MB', code: 'LIMIT_EXCEEDED', plant: fill({ parent: 2 }) },
  {
    title: 'a backoff that every object has',
    code: 'TEXT_INVALID',
    plant: option('backoff', { type: '__proto__', delay: 1 }),
  },
  { title: 'attempts that are a text', code: 'TEXT_INVALID', plant: option('attempts', 'many') },
  { title: 'lines to keep that are a list', code: 'TEXT_INVALID', plant: option('kl', [1]) },
  ...[-3, 1.5].map((kl) => ({
    ...{ title: `${kl} lines to keep`, code: 'TEXT_INVALID', plant: option('kl', kl) },
  })),
  ...[1e20, 1.5, -2, { count: 1.5 }, { age: 5, limit: 0.5 }, { age: 5, limit: -1.5 }].flatMap((keep) =>
    ['removeOnComplete', 'removeOnFail'].map((name) => ({
      ...{ title: `${name} of ${JSON.stringify(keep)}`, code: 'TEXT_INVALID', plant: option(name, keep) },
    })),
  ),
  {
    title: 'jobs to keep beyond all numbers',
    code: 'TEXT_INVALID',
    plant: setEach({ opts: '{"attempts":2,"removeOnComplete":1e999}' }),
  },
  ...['007', '-0', '+1', '1e3'].map((atm) => ({
    ...{ title: `a count of attempts written ${atm}`, code: 'TEXT_INVALID', plant: setEach({ atm }) },
  })),
  ...['"\\ud800"', `${'['.repeat(1_100)}${']'.repeat(1_100)}`, '{}'].map((more) => ({
    title: `a parent that Redis cannot parse, or with more in it than BullMQ writes: ${more.slice(0, 8)}`,
    code: 'TEXT_INVALID',
    plant: (redis: Redis, key: string, { prefix }: People) => {
      const parent = `{"id":"p","queueKey":"${prefix}:people","x":${more}}`
      return redis.hset(key, { parent, parentKey: `${prefix}:people:p` })
    },
  })),
]

/** Jobs that lose what a stranger wrote, and run. */
export const run: readonly Planted[] = [
  { title: 'fields of 2 MB that nobody reads', plant: fill({ one: 1, two: 1 }) },
  { title: 'stacks of 2 MB', plant: fill({ stacktrace: 2 }) },
  { title: 'stacks 50,000 deep', plant: setEach({ stacktrace: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }) },
  { title: 'stacks that are no texts', plant: setEach({ stacktrace: '[{"a":[1]}]' }) },
  { title: 'a former result of 2 MB', plant: fill({ returnvalue: 2 }) },
  { title: 'a former result 50,000 deep', plant: setEach({ returnvalue: '['.repeat(50_000) }) },
  {
    title: 'a parent whose key holds a text',
    async plant(redis, key, { prefix }) {
      const queueKey = `${prefix}:others`
      await redis.set(`${queueKey}:1`, 'a text')
      await redis.set(`${queueKey}:1:dependencies`, 'a text')
      await redis.hset(key, { parentKey: `${queueKey}:1`, parent: JSON.stringify({ id: '1', queueKey, fpof: true }) })
    },
  },
  {
    title: 'a parent whose lists hold texts',
    async plant(redis, key, { prefix }) {
      const queueKey = `${prefix}:others`
      await redis.sadd(`${queueKey}:1:dependencies`, key)
      for (const list of [
        ':1',
        ':1:processed',
        ':1:failed',
        ':1:unsuccessful',
        ':waiting-children',
        ':wait',
        ':events',
      ]) {
        await redis.set(queueKey + list, 'a text')
      }
      await redis.hset(key, { parentKey: `${queueKey}:1`, parent: JSON.stringify({ id: '1', queueKey, fpof: true }) })
    },
  },
]
