import {
  createCodec,
  createFiles,
  createFlowProducer,
  createProducer,
  createQuarantine,
  createStore,
  createWorker,
  defineHandler,
  defineModel,
  defineQueue,
} from 'brinemq'
import { createMetrics } from 'brinemq/metrics'
import { createMonitor } from 'brinemq/monitor'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { untyped } from './queue/people.ts'

class Thing {}
const thing = defineModel(Thing, { tag: 'thing', fields: z.object({}) })
const things = defineQueue('things', { jobs: { make: { payload: z.string() } } })
const handlers = { make: () => 1 }

// Nothing is opened: each is refused before it connects.
test.each([
  ['createCodec', () => untyped(createCodec)({ model: [] }), 'OPTIONS_INVALID', 'model'],
  ['createCodec, of what is no object', () => untyped(createCodec)(null), 'OPTIONS_INVALID', undefined],
  ['createFiles', () => untyped(createFiles)({ model: [] }), 'OPTIONS_INVALID', 'model'],
  ['createStore', () => untyped(createStore)({ ttl: 5 }), 'OPTIONS_INVALID', 'ttl'],
  ['createProducer', () => untyped(createProducer)(things, { foo: 1 }), 'OPTIONS_INVALID', 'foo'],
  ['createFakeProducer', () => untyped(createFakeProducer)(things, { foo: 1 }), 'OPTIONS_INVALID', 'foo'],
  ['createInline', () => untyped(createInline)(things, { handlers, foo: 1 }), 'OPTIONS_INVALID', 'foo'],
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
  ['createCodec, of models', () => untyped(createCodec)({ models: things }), 'MODEL_INVALID', 'models'],
  ['createProducer, of a queue', () => untyped(createProducer)('things'), 'OPTIONS_INVALID', 'contract'],
  ['createWorker, of a queue', () => untyped(createWorker)('things', { handlers }), 'OPTIONS_INVALID', 'contract'],
  ['createMonitor, of queues', () => untyped(createMonitor)([things, 'others']), 'OPTIONS_INVALID', 'contract'],
  ['createQuarantine, of a queue', () => untyped(createQuarantine)(undefined), 'OPTIONS_INVALID', 'contract'],
  ['createFakeProducer, of a queue', () => untyped(createFakeProducer)('things'), 'OPTIONS_INVALID', 'contract'],
  ['createMetrics, of queues', () => untyped(createMetrics)({ queues: ['things'] }), 'OPTIONS_INVALID', 'queues'],
  ['defineHandler, of a queue', () => untyped(defineHandler)('things', 'make'), 'OPTIONS_INVALID', 'contract'],
  ['createInline, of a queue', () => untyped(createInline)('things', { handlers }), 'OPTIONS_INVALID', 'contract'],
  ['defineQueue, of none', () => untyped(defineQueue)('things'), 'CONTRACT_INVALID', undefined],
  [
    'defineQueue, of a model for a schema',
    () => untyped(defineQueue)('things', { jobs: { make: { payload: thing } } }),
    'CONTRACT_INVALID',
    'payload',
  ],
])('%s refuses what it does not know', (_title, call, code, path) => {
  expect(call).toThrowError(expect.objectContaining({ code, path }))
})
