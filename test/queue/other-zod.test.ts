import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFiles, createFlowProducer, createProducer, createWorker, defineModel, defineQueue, node } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z as ours } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { openStore } from '../store/open-store.ts'
import { quiet, rejection } from './people.ts'

/** The CommonJS build: a CommonJS app has it beside the build that brinemq imports. */
const theirs: typeof ours = createRequire(import.meta.url)('zod').z
const copies = [
  { copy: 'our copy', z: ours },
  { copy: 'another copy', z: theirs },
]

class Name {
  constructor(readonly text: string) {}
}

const accepted = new Name('Ada')
const refused = new Name('')

/** A queue whose schemas ask elsewhere, as a check against a database would. */
function greetings(z: typeof ours) {
  const model = defineModel(Name, {
    tag: 'name',
    fields: z.object({ text: z.string() }),
    decode: ({ text }) => new Name(text),
  })
  const name = z.object({ name: model.schema }).refine(async ({ name: { text } }) => text !== '')
  const jobs = { greet: { payload: name, result: name, progress: name } }
  return { name, contract: defineQueue('greetings', { prefix: freshPrefix(), models: [model], jobs }), model }
}

describe.each(copies)('asynchronous checks of $copy of zod', ({ z }) => {
  test('hold in a queue: payloads, results, progress, schedules and children', async () => {
    const { contract } = greetings(z)
    const producer = createProducer(contract, { connection: redisUrl })
    const flows = createFlowProducer({ connection: redisUrl })
    let answer = accepted
    let advance = accepted
    const worker = createWorker(contract, {
      ...quiet,
      handlers: {
        greet: async (_, { progress }) => {
          await progress({ name: advance })
          return { name: answer }
        },
      },
    })
    onTestFinished(() => Promise.all([producer.close(), flows.close(), worker.close()]).then(() => {}))
    const result = async () => (await producer.enqueue('greet', { name: accepted })).result()
    expect(await result()).toEqual({ name: accepted })
    expect((await result()).name).toBeInstanceOf(Name)
    const child = node(contract, 'greet', { name: accepted })
    expect(await (await flows.add({ ...child, children: [child] })).job.result()).toEqual({ name: accepted })
    const nightly = { name: 'greet', repeat: { pattern: '0 3 * * *' } } as const
    await producer.schedules.upsert('nightly', { ...nightly, payload: { name: accepted } })

    const payloadInvalid = { code: 'PAYLOAD_INVALID', job: 'greet', path: '$' }
    expect(await rejection(producer.enqueue('greet', { name: refused }))).toMatchObject(payloadInvalid)
    expect(await rejection(flows.add(node(contract, 'greet', { name: refused })))).toMatchObject({
      ...payloadInvalid,
      path: '$.payload',
    })
    const upserted = producer.schedules.upsert('nightly', { ...nightly, payload: { name: refused } })
    expect(await rejection(upserted)).toMatchObject(payloadInvalid)
    answer = refused
    expect(await rejection(result())).toMatchObject({ code: 'RESULT_INVALID', path: '$' })
    advance = refused
    expect(await rejection(result())).toMatchObject({ code: 'PROGRESS_INVALID', path: '$' })
  })

  test('hold in memory', async () => {
    const { contract } = greetings(z)
    const inline = createInline(contract, { handlers: { greet: () => ({ name: refused }) } })
    onTestFinished(() => inline.close())
    expect(await rejection(inline.enqueue('greet', { name: refused }))).toMatchObject({ code: 'PAYLOAD_INVALID' })
    const job = await inline.enqueue('greet', { name: accepted })
    expect(await rejection(job.result())).toMatchObject({ code: 'RESULT_INVALID' })
  })

  test('hold in a store and in files', async () => {
    const { name, model } = greetings(z)
    const { store } = openStore({ models: [model] })
    const folder = await mkdtemp(join(tmpdir(), 'brine-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const files = createFiles({ models: [model] })
    const path = join(folder, 'name.json')
    for (const value of [{ name: accepted }, { name: refused }]) {
      await store.set('name', value)
      await files.write(path, value)
      for (const read of [() => store.get('name', name), () => files.read(path, name)]) {
        if (value.name === accepted) expect(await read()).toEqual(value)
        else expect(await rejection(read())).toMatchObject({ code: 'VALUE_INVALID' })
      }
    }
  })
})
