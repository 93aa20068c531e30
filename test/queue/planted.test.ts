import { inspect } from 'node:util'
import { createProducer, createWorker, defineModel, defineQueue, logging } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { rejection } from './people.ts'

const secret = 'hunter2-0451'

class Login {
  constructor(
    readonly user: string,
    readonly password: string,
  ) {}
}

const tell = (what: string) => (value: unknown) => {
  throw new Error(`${what} ${JSON.stringify(value)}`)
}

const login = defineModel(Login, {
  tag: 'login',
  version: 2,
  fields: z
    .object({ user: z.string(), password: z.string().meta({ sensitive: true }) })
    .refine(({ user }) => user !== 'bad', { error: ({ input }) => `no ${JSON.stringify(input)}` }),
  decode: (fields) => (fields.user === 'boom' ? tell('decode')(fields) : new Login(fields.user, fields.password)),
  upcast: { 1: tell('upcast') },
})

const checked = z.object({
  record: z.record(z.string().max(30), z.number()).optional(),
  either: z.union([z.object({ a: z.number() }), z.object({ a: z.string().min(90) }), z.enum(['x', 'y'])]).optional(),
  told: z
    .string()
    .max(3, { error: ({ input }) => `not ${input}` })
    .optional(),
  custom: z
    .any()
    .superRefine((value, issues) => {
      if (value) issues.addIssue({ code: 'custom', message: `no ${JSON.stringify(value)}`, path: [String(value)] })
    })
    .optional(),
  throws: z.string().refine(tell('check')).optional(),
  turned: z.string().transform(tell('transform')).optional(),
})

const jobs = {
  checked: { payload: checked },
  raised: { version: 2, payload: z.object({ a: z.string() }), upcast: { 1: tell('upcast') } },
  login: {
    payload: z.object({ login: login.schema }).meta({ sensitive: true }),
    result: z.object({ token: z.string() }),
    progress: z.object({ token: z.string() }),
  },
}

const text = (job: string, body: string, version = 1, encoding = 'devalue/6') =>
  `{"brine":1,"kind":"payload","job":"${job}","version":${version},"encoding":"${encoding}","body":${body}}`
const ofLogin = (tag: string, user: string, name = 'password') =>
  text('login', `[{"login":1},["${tag}",2],{"user":3,"${name}":4},"${user}","${secret}"]`)

/** Stored payloads that a worker refuses, each with the secret where something might quote it. */
const refused: readonly [job: keyof typeof jobs, stored: string][] = [
  ...['record', 'either', 'told', 'custom', 'throws', 'turned'].map(
    (name) => ['checked', text('checked', `[{"${name}":1},"${secret}"]`)] as ['checked', string],
  ),
  ['checked', text('checked', `[{"record":1},{"${secret}":2},"x"]`)],
  ['checked', text('checked', `[{"record":1},{"${secret}${'!'.repeat(30)}":2},1]`)],
  ['checked', text('checked', `[{"either":1},{"a":2},"${secret}"]`)],
  ['checked', text('checked', `[{"${secret}":1},["Date","x"]]`)],
  ['checked', text('checked', `[{"custom":1},["Map",2,3],"${secret}",["RegExp","(${secret}"]]`)],
  ['checked', text('checked', `["({${secret}})",["${secret}"]]`, 1, 'fields/1')],
  ['checked', text('checked', `["(record:{*})",[1,"${secret}",["${secret}"]]]`, 1, 'fields/1')],
  ['checked', text('checked', `["${secret}"`)],
  ['checked', `{"brine":1,"${secret}":1}`],
  ['raised', text('raised', `[{"a":1},"${secret}"]`)],
  ['login', ofLogin('login@2', 'bad')],
  ['login', ofLogin('login@2', 'boom')],
  ['login', ofLogin('login@1', 'old')],
  ['login', ofLogin('login@2', 'x', secret)],
  ['login', ofLogin(`${secret}@2`, 'x')],
]

test('what a payload holds is told by nothing but the payload: no error, no log, no event, no listing, no other field in Redis', async () => {
  const prefix = freshPrefix()
  const contract = defineQueue('people', { prefix, models: [login], jobs })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const redis = openClient()
  const told: [where: string, what: string][] = []
  // What a cause says is a check's own word, for those whom its error reaches; the error does not repeat it.
  const note = (where: string, what: unknown) => {
    const shown =
      what instanceof Error
        ? `${what.message} ${what.stack} ${JSON.stringify(what)}`
        : inspect(what, { depth: 12, showHidden: true })
    told.push([where, shown])
  }

  const ids = await Promise.all(
    refused.map(async ([job, stored], at) => {
      const id = `poison-${at}`
      const hash = { name: job, data: stored, opts: '{"attempts":2}', timestamp: '1', delay: '0', priority: '0' }
      await redis.hset(`${prefix}:people:${id}`, hash)
      await redis.lpush(`${prefix}:people:wait`, id)
      return [job, id] as const
    }),
  )
  const given = { login: new Login('john', secret) }
  const good = await producer.enqueue('login', given)
  for (const payload of [
    { record: { [secret]: () => {} } },
    { record: { [secret]: 'x' } },
    { told: secret },
    { [secret]: 1 },
  ]) {
    note(
      'enqueue',
      await rejection(Reflect.apply(producer.enqueue, producer, ['checked', { ...payload, throws: secret }])),
    )
  }
  note('handle', good)
  const write = (...line: unknown[]) => note('log', line)
  const logger = { debug: write, info: write, warn: write, error: write }
  const worker = createWorker(contract, {
    ...{
      connection: redisUrl,
      shutdownOnSignals: false,
      skewTimeoutMs: 0,
      onError: (error: unknown) => note('onError', error),
    },
    use: [logging(logger).jobs],
    handlers: {
      checked: () => undefined,
      raised: () => undefined,
      login: async (_, context) => {
        await context.progress({ token: secret })
        return { token: secret }
      },
    },
  })
  onTestFinished(() => worker.close())
  for (const event of ['active', 'completed', 'failed'] as const)
    worker.bullmq.on(event, (job: unknown) => note(event, job))
  expect(await good.result()).toEqual({ token: secret })
  for (const [job, id] of ids) note(id, await rejection(producer.job(job, id).result()))
  expect(await producer.quarantine.count()).toBe(refused.length)
  note('groups', await producer.quarantine.groups())
  for await (const { id } of producer.quarantine.list()) note('kept', await producer.quarantine.get(id))

  const payloads: ReadonlySet<string> = new Set(['data', 'was:data', 'returnvalue', 'progress'])
  for await (const keys of redis.scanStream({ match: `${prefix}*` })) {
    for (const key of keys) {
      const kind = await redis.type(key)
      const pairs =
        kind === 'hash'
          ? Object.entries(await redis.hgetall(key))
          : kind === 'stream'
            ? (await redis.xrange(key, '-', '+')).flatMap(([, fields]) =>
                fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? '']] : [])),
              )
            : []
      for (const [name = '', value = ''] of pairs) if (!payloads.has(name)) told.push([`${key} ${name}`, name + value])
    }
  }
  expect(told.length).toBeGreaterThan(400)
  expect(told.filter(([, what]) => what.includes(secret))).toEqual([])
})
