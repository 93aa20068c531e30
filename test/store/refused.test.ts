import { createStore, defineModel } from 'brinemq'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openClient } from '../connection.ts'
import { untyped } from '../untyped.ts'
import { john, openStore } from './open-store.ts'
import { person, Query, query } from './person.ts'

describe('what is refused', () => {
  const refused: [title: string, code: string, path: string | undefined, run: (s: Opened) => Promise<unknown>][] = [
    ['a value that cannot travel', 'UNSUPPORTED_VALUE', '$.run', ({ store }) => store.set('key', { run() {} })],
    ['one of many that cannot travel', 'UNSUPPORTED_VALUE', '$', ({ store }) => store.setMany([['key', () => {}]])],
    ['a class without a model', 'UNREGISTERED_CLASS', '$', ({ store }) => store.set('key', new (class Other {})())],
    ['a value that await would call', 'UNSUPPORTED_VALUE', '$', ({ store }) => store.set('key', new Query())],
    ['a computed value of another kind', 'VALUE_INVALID', '$', ({ store }) => store.getOrSet('key', z.string(), wrong)],
    ['a lifetime of nothing', 'OPTIONS_INVALID', 'ttlMs', ({ store }) => store.set('key', 1, { ttlMs: 0 })],
    ['half a millisecond', 'OPTIONS_INVALID', 'ttlMs', ({ store }) => store.setMany([], { ttlMs: 0.5 })],
    [
      'a lifetime for ever',
      'OPTIONS_INVALID',
      'ttlMs',
      ({ store }) => store.getOrSet('key', wrong, { ttlMs: Infinity }),
    ],
    // @ts-expect-error: each is misspelt.
    ['a lifetime that is misspelt', 'OPTIONS_INVALID', 'ttl', ({ store }) => store.set('key', 1, { ttl: 9 })],
    // @ts-expect-error
    ['one of a computed value', 'OPTIONS_INVALID', 'ttl', ({ store }) => store.getOrSet('key', wrong, { ttl: 9 })],
    [
      'a condition that many do not take',
      'OPTIONS_INVALID',
      'onlyIfAbsent',
      // @ts-expect-error
      ({ store }) => store.setMany([['key', 1]], { onlyIfAbsent: true }),
    ],
    ['a model for a schema', 'OPTIONS_INVALID', 'schema', ({ store }) => untyped(store.get)('john', person)],
    ['nothing for a schema', 'OPTIONS_INVALID', 'schema', ({ store }) => untyped(store.get)('john', null)],
    ['half a character in a key', 'OPTIONS_INVALID', 'key', ({ store }) => store.get('key\ud800')],
    [
      'a value that the schema refuses',
      'VALUE_INVALID',
      '$.age',
      ({ store }) => store.get('john', z.object({ age: z.string() })),
    ],
    ['another class than asked for', 'VALUE_INVALID', '$', ({ store }) => store.get('john', query.schema)],
    [
      'one of many that the schema refuses',
      'VALUE_INVALID',
      '$',
      ({ store }) => store.getMany(['none', 'john'], z.string()),
    ],
    ['a text that is no JSON', 'TEXT_INVALID', '$', ({ store, raw }) => raw('key', '{').then(() => store.get('key'))],
    [
      'a text that is no UTF-8',
      'TEXT_INVALID',
      '$',
      ({ store, raw }) => raw('key', Buffer.of(0xff)).then(() => store.get('key')),
    ],
    [
      'a text of ours that was cut',
      'TEXT_INVALID',
      '$',
      ({ store, raw }) => raw('key', '{"brine":1}').then(() => store.getMany(['key'])),
    ],
    ['a list of Redis', 'REDIS_REFUSED', undefined, ({ store, list }) => list('key').then(() => store.get('key'))],
    [
      'a corrupt value before computing',
      'TEXT_INVALID',
      '$',
      ({ store, raw }) => raw('key', '').then(() => store.getOrSet('key', wrong)),
    ],
  ]
  type Opened = {
    store: ReturnType<typeof openStore>['store']
    raw: (key: string, value: string | Buffer) => Promise<unknown>
    list: (key: string) => Promise<unknown>
  }
  const wrong = () => JSON.parse('1')

  test.each(refused)('%s is %s', async (_title, code, path, run) => {
    const { store, prefix } = openStore()
    await store.set('john', { name: 'John', age: 20 })
    const client = openClient()
    const error = await run({
      store,
      raw: (key, value) => client.set(prefix + key, value),
      list: (key) => client.rpush(prefix + key, 'element'),
    }).catch((error: unknown) => error)
    expect(error).toMatchObject({ name: 'BrineError', code, path })
    if (path?.startsWith('$')) expect(String(error)).toMatch(/key "(key|john)"/)
    expect(String(error)).not.toContain('20')
  })

  test('a damaged value stays as it is', async () => {
    const { store, prefix } = openStore()
    const client = openClient()
    await client.set(`${prefix}key`, 'damaged')
    await expect(store.get('key')).rejects.toMatchObject({ code: 'TEXT_INVALID' })
    expect(await client.get(`${prefix}key`)).toBe('damaged')
  })

  test('a model is validated on the way out, without a schema too', async () => {
    const { store, prefix } = openStore()
    const client = openClient()
    await store.set('key', john)
    const text = String(await client.get(`${prefix}key`))
    await client.set(`${prefix}key`, text.replace('20', '-20'))
    await expect(store.get('key')).rejects.toMatchObject({ code: 'FIELDS_INVALID', path: '$.age' })
  })

  test('nothing of many is written when one cannot be', async () => {
    const { store } = openStore()
    await expect(
      store.setMany([
        ['a', 1],
        ['b', Symbol('b')],
      ]),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED_VALUE' })
    expect(await store.has('a')).toBe(false)
  })

  test('options that cannot be are refused when the store is made', () => {
    for (const options of [{ timeoutMs: 0 }, { prefix: '\udc00' }, { connection: 'http://localhost' }]) {
      expect(() => createStore(options)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
    }
    const twin = defineModel(class Twin {}, { tag: 'person', fields: z.object({}) })
    expect(() => createStore({ models: [person, twin] })).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  })
})
