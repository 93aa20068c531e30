import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { untyped } from '../queue/people.ts'

const payload = z.string()

test('keeps what was given, and fills in the defaults', () => {
  const jobs = { greet: { payload, options: { attempts: 3 } } }
  const queue = defineQueue('people', { jobs })
  expect(queue).toMatchObject({ name: 'people', models: [], jobs, stacks: false, prefix: undefined, limits: undefined })
  expect(queue.entries.get('greet')).toMatchObject({ name: 'greet', version: 1, options: { attempts: 3 } })
})

test("reads a job named like a member of every object as the user's own", () => {
  const jobs = JSON.parse('{"__proto__":{},"constructor":{}}')
  for (const name of Object.keys(jobs)) jobs[name].payload = payload
  const { entries } = defineQueue('people', { jobs })
  expect([...entries.keys()]).toEqual(['__proto__', 'constructor'])
  expect(entries.get('toString')).toBeUndefined()
})

function endless(): z.ZodType {
  return z.object({
    get next() {
      return endless().optional()
    },
  })
}

const job = (over: object) => ({ jobs: { greet: { payload, ...over } } })

test.each([
  ['an empty name', '', job({}), undefined, undefined],
  ['the name of a quarantine', 'a-quarantine', job({}), undefined, undefined],
  ['a name with a colon', 'a:b', job({}), undefined, undefined],
  ['a name that is no text', 5, job({}), undefined, undefined],
  ['an empty prefix', 'people', { ...job({}), prefix: '' }, undefined, undefined],
  ['no jobs', 'people', { jobs: {} }, undefined, undefined],
  ['jobs that are missing', 'people', {}, undefined, undefined],
  ['a job with an empty name', 'people', { jobs: { '': { payload } } }, undefined, undefined],
  ['a job without a payload', 'people', { jobs: { greet: {} } }, 'greet', 'payload'],
  ['a job that is none', 'people', { jobs: { greet: payload.parse } }, 'greet', 'greet'],
  ['a payload that is no schema', 'people', job({ payload: { type: 'string' } }), 'greet', 'payload'],
  ['a result that is no schema', 'people', job({ result: 'string' }), 'greet', 'result'],
  ['a progress that is no schema', 'people', job({ progress: null }), 'greet', 'progress'],
  ['a version of 0', 'people', job({ version: 0 }), 'greet', 'version'],
  ['a version that is no whole number', 'people', job({ version: 1.5 }), 'greet', 'version'],
  ['a misspelt key', 'people', job({ paylod: payload }), 'greet', 'paylod'],
  ['an unknown option', 'people', job({ options: { atempts: 3 } }), 'greet', 'options.atempts'],
  ['an option that is none of a contract', 'people', job({ options: { jobId: 'x' } }), 'greet', 'options.jobId'],
  ['attempts that are no number', 'people', job({ options: { attempts: '3' } }), 'greet', 'options.attempts'],
  ['a backoff without a type', 'people', job({ options: { backoff: { delay: 5 } } }), 'greet', 'options.backoff'],
  ['an upcast from this version', 'people', job({ upcast: { 1: (old: object) => old } }), 'greet', 'upcast.1'],
  ['a gap between upcasts', 'people', job({ version: 4, upcast: { 1: String, 3: String } }), 'greet', 'upcast.2'],
  ['an upcast missing at the end', 'people', job({ version: 3, upcast: { 1: String } }), 'greet', 'upcast.2'],
  ['an upcast from no version', 'people', job({ version: 2, upcast: { '01': String } }), 'greet', 'upcast.01'],
  ['an upcast that is none', 'people', job({ version: 2, upcast: { 1: 'x' } }), 'greet', 'upcast.1'],
  ['an asynchronous upcast', 'people', job({ version: 2, upcast: { 1: async () => 'x' } }), 'greet', 'upcast.1'],
  ['upcasts that are none', 'people', job({ version: 2, upcast: String }), 'greet', 'upcast'],
  ['aliases that are no list', 'people', job({ aliases: 'hello' }), 'greet', 'aliases'],
  ['an alias that is no name', 'people', job({ aliases: ['hello', ''] }), 'greet', 'aliases[1]'],
  ['an alias twice', 'people', job({ aliases: ['hello', 'hello'] }), 'greet', 'aliases[1]'],
  ['an alias that is the name itself', 'people', job({ aliases: ['greet'] }), 'greet', 'aliases[0]'],
  [
    'an alias that is the name of another job',
    'people',
    { jobs: { greet: { payload, aliases: ['wave'] }, wave: { payload } } },
    'greet',
    'aliases[0]',
  ],
  [
    'an alias that two jobs claim',
    'people',
    { jobs: { greet: { payload, aliases: ['old'] }, wave: { payload, aliases: ['older', 'old'] } } },
    'wave',
    'aliases[1]',
  ],
  ['a schema that never ends', 'people', job({ payload: endless() }), undefined, undefined],
])('refuses %s', (_title, name, definition, inJob, path) => {
  expect(() => untyped(defineQueue)(name, definition)).toThrowError(
    expect.objectContaining({ code: 'CONTRACT_INVALID', job: inJob, path }),
  )
})

test('refuses limits that are none', () => {
  expect(() => untyped(defineQueue)('people', { ...job({}), limits: { maxByte: 1 } })).toThrowError(
    expect.objectContaining({ code: 'OPTIONS_INVALID' }),
  )
})

test('refuses models that claim one tag', () => {
  const [one, other] = [class One {}, class Other {}].map((type) =>
    defineModel(type, { tag: 'same', fields: z.object({}) }),
  )
  expect(() => untyped(defineQueue)('people', { ...job({}), models: [one, other] })).toThrowError(
    expect.objectContaining({ code: 'MODEL_INVALID' }),
  )
})
