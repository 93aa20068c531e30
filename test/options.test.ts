import {
  createCodec,
  createFiles,
  createFlowProducer,
  createProducer,
  createStore,
  createWorker,
  defineModel,
  defineQueue,
} from 'brinemq'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { untyped } from './queue/people.ts'

class Thing {}
const things = defineQueue('things', { jobs: { make: { payload: z.string() } } })
const handlers = { make: () => 1 }

// Nothing is opened: each is refused before it connects.
test.each([
  ['createCodec', () => untyped(createCodec)({ model: [] }), 'OPTIONS_INVALID', 'model'],
  ['createCodec, of what is no object', () => untyped(createCodec)(null), 'OPTIONS_INVALID', undefined],
  ['createFiles', () => untyped(createFiles)({ model: [] }), 'OPTIONS_INVALID', 'model'],
  ['createStore', () => untyped(createStore)({ ttl: 5 }), 'OPTIONS_INVALID', 'ttl'],
  ['createProducer', () => untyped(createProducer)(things, { foo: 1 }), 'OPTIONS_INVALID', 'foo'],
  ['createFlowProducer', () => untyped(createFlowProducer)({ foo: 1 }), 'OPTIONS_INVALID', 'foo'],
  ['createWorker', () => untyped(createWorker)(things, { handlers, foo: 1 }), 'OPTIONS_INVALID', 'foo'],
  [
    'createWorker, of graceMs',
    () => untyped(createWorker)(things, { handlers, graceMs: -5 }),
    'OPTIONS_INVALID',
    'graceMs',
  ],
  [
    'defineModel',
    () => untyped(defineModel)(Thing, { tag: 't', fields: z.object({}), decoder: 1 }),
    'MODEL_INVALID',
    undefined,
  ],
  ['defineModel, of none', () => untyped(defineModel)(Thing), 'MODEL_INVALID', undefined],
])('%s refuses what it does not know', (_title, call, code, path) => {
  expect(call).toThrowError(expect.objectContaining({ code, path }))
})
