import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodec, createFiles, createProducer, createWorker, defineModel, defineQueue } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { readInput } from '../../src/notation/input/read-input.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import { openStore } from '../store/open-store.ts'
import { quiet, rejection } from './people.ts'

const lists = Array.from({ length: 28 }).reduce<z.ZodType>((of) => z.array(of), z.number())
const prepared = z.preprocess((value) => value, lists)
const shared = Array.from({ length: 28 }).reduce<unknown>((of) => [of, of], 7)
const refused = { code: 'LIMIT_EXCEEDED', path: '$' }

const jobs = {
  checked: { payload: lists },
  prepared: { payload: prepared },
  answer: { payload: z.unknown(), result: lists, progress: lists },
}
const handlers = {
  checked: () => {},
  prepared: () => {},
  answer: async (payload: unknown, { progress }: { progress(value: unknown): Promise<void> }) => {
    if (payload === 'progress') await progress(shared)
    return shared
  },
}

async function refusals(
  enqueue: (name: keyof typeof jobs, payload: unknown) => Promise<{ result(): Promise<unknown> }>,
): Promise<unknown[]> {
  return [
    await rejection(enqueue('checked', shared)),
    await rejection((await enqueue('prepared', shared)).result()),
    await rejection((await enqueue('answer', 'result')).result()),
    await rejection((await enqueue('answer', 'progress')).result()),
  ]
}

const expected = [refused, { code: 'JOB_QUARANTINED', cause: refused }, refused, refused]

test('a queue refuses a payload, a result and progress that would be walked for ever, wherever it checks them', async () => {
  const contract = defineQueue('walks', { prefix: freshPrefix(), jobs })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const worker = createWorker(contract, { ...quiet, handlers })
  onTestFinished(() => worker.close())
  expect(await refusals((name, payload) => producer.enqueue(name, payload as never))).toMatchObject(expected)
})

test('a queue in memory refuses the same', async () => {
  const inline = createInline(defineQueue('walks', { jobs }), { handlers })
  expect(await refusals((name, payload) => inline.enqueue(name, payload as never))).toMatchObject(expected)
})

test('a store and files refuse it when they read, and when they write what a schema must take', async () => {
  const { store } = openStore()
  const folder = await mkdtemp(join(tmpdir(), 'brine-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const files = createFiles()
  const path = join(folder, 'shared.json')
  await store.set('shared', shared)
  await files.write(path, shared)
  expect(await rejection(store.get('shared', prepared))).toMatchObject(refused)
  expect(await rejection(store.getOrSet('new', lists, () => shared))).toMatchObject(refused)
  expect(await rejection(files.read(path, prepared))).toMatchObject(refused)
})

test('a codec refuses it, and the fields of a model, in both directions', () => {
  class Box {
    constructor(readonly of: unknown) {}
  }
  const box = defineModel(Box, { tag: 'box', fields: z.object({ of: lists }), decode: ({ of }) => new Box(of) })
  const open = defineModel(Box, { tag: 'box', fields: z.object({ of: z.unknown() }), decode: ({ of }) => new Box(of) })
  const given = createCodec({ models: [open] })
  const codec = createCodec({ models: [box] })
  expect(() => codec.decode(codec.encode(shared), prepared)).toThrow(expect.objectContaining(refused))
  expect(() => codec.encode([new Box(shared)])).toThrow(expect.objectContaining({ ...refused, path: '$[0]' }))
  const text = given.encode([new Box(shared)])
  expect(() => codec.decode(text)).toThrow(expect.objectContaining({ ...refused, path: '$[0]' }))
})

test('input of people refuses it, among alternatives too', () => {
  const list = (levels: number): unknown =>
    levels === 1 ? { $id: 1, $array: [7, 7] } : { $id: levels, $array: [list(levels - 1), { $ref: levels - 1 }] }
  expect(readInput(list(3), z.unknown(), [])).toBeDefined()
  const schema = z.union([z.string(), prepared])
  expect(() => readInput(list(28), schema, [])).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})
