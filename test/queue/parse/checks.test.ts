import { createCodec, createFlowProducer, createProducer, createStore, defineModel, defineQueue, node } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../../connection.ts'
import { rejection } from '../people.ts'

// A default beside a check of the whole object, which needs no transform to be made.
const range = z.object({ from: z.number(), to: z.number().default(10) }).refine(({ from, to }) => from <= to)
const wrong = { from: 11 }

class Range {
  constructor(
    readonly from: number,
    readonly to: number | undefined,
  ) {}
}
const model = defineModel(Range, { tag: 'range', fields: range, decode: ({ from, to }) => new Range(from, to) })

const ranges = () =>
  defineQueue('ranges', {
    prefix: freshPrefix(),
    jobs: { walk: { payload: range, result: range, progress: range }, any: { payload: z.unknown() } },
  })

test('a check above a default is made before anything is stored, wherever a payload comes in', async () => {
  const contract = ranges()
  const producer = createProducer(contract, { connection: redisUrl })
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => Promise.all([producer.close(), flows.close()]).then(() => {}))
  const repeat = { pattern: '0 3 * * *' }
  const child = node(contract, 'walk', wrong)
  const refusals = await Promise.all(
    [
      producer.enqueue('walk', wrong),
      producer.enqueueBulk([{ name: 'walk', payload: wrong }]),
      producer.schedules.upsert('daily', { name: 'walk', payload: wrong, repeat }),
      flows.add(node(contract, 'any', 1, { children: [child] })),
    ].map(rejection),
  )
  expect(refusals.map((error) => z.object({ code: z.string(), path: z.string() }).parse(error))).toEqual(
    ['$', '$[0].payload', '$', '$.children[0].payload'].map((path) => ({ code: 'PAYLOAD_INVALID', path })),
  )
  expect(await producer.control.counts()).toMatchObject({ waiting: 0, delayed: 0 })
})

test('it is made of progress and results where they are handed over', async () => {
  const told: unknown[] = []
  const inline = createInline(ranges(), {
    handlers: {
      walk: async (_, { progress }) => {
        told.push(await rejection(progress(wrong)))
        return wrong
      },
      any: () => {},
    },
  })
  onTestFinished(() => inline.close())
  const job = await inline.enqueue('walk', { from: 1 })
  expect(await rejection(job.result())).toMatchObject({ code: 'RESULT_INVALID', path: '$' })
  expect(told).toEqual([expect.objectContaining({ code: 'PROGRESS_INVALID', path: '$' })])
})

test('it is made of the fields of models, and of what a store computes', async () => {
  const codec = createCodec({ models: [model] })
  expect(() => codec.encode(new Range(11, undefined))).toThrow(expect.objectContaining({ code: 'FIELDS_INVALID' }))
  expect(codec.decode(codec.encode(new Range(1, undefined)))).toEqual(new Range(1, 10))
  const store = createStore({ connection: redisUrl, prefix: freshPrefix() })
  onTestFinished(() => store.close())
  expect(await rejection(store.getOrSet('key', range, () => wrong))).toMatchObject({ code: 'VALUE_INVALID', path: '$' })
  expect(await store.has('key')).toBe(false)
})
