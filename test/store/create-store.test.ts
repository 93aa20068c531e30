import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient } from '../connection.ts'
import { jane, john, openStore } from './open-store.ts'
import { Person, person } from './person.ts'

describe('set and get', () => {
  test('an object comes back as its class, under the prefixed key', async () => {
    const { store, prefix } = openStore()
    expect(await store.set('person-a', john, { ttlMs: 60_000 })).toBe(true)
    const back: Person | undefined = await store.get('person-a', person.schema)
    expect(back).toBeInstanceOf(Person)
    expect(String(back)).toBe('John 20')
    expect(JSON.parse(String(await openClient().get(`${prefix}person-a`)))).toMatchObject({ brine: 1, kind: 'value' })
  })

  test('a value is unknown without a schema, and its output with one', async () => {
    const { store } = openStore()
    await store.set('text', '7')
    const bare = await store.get('text')
    expectTypeOf(bare).toBeUnknown()
    expect(bare).toBe('7')
    const number = await store.get('text', z.string().transform(Number))
    expectTypeOf(number).toEqualTypeOf<number | undefined>()
    expect(number).toBe(7)
  })

  test('a key that is missing is undefined, and has tells it from a stored undefined', async () => {
    const { store } = openStore()
    expect(await store.get('key', person.schema)).toBeUndefined()
    expect(await store.has('key')).toBe(false)
    await store.set('key', undefined)
    expect(await store.get('key')).toBeUndefined()
    expect(await store.has('key')).toBe(true)
  })

  test('a second set goes over the first and its lifetime, unless only an absent key is asked for', async () => {
    const { store, prefix } = openStore()
    expect(await store.set('key', 1, { onlyIfAbsent: true, ttlMs: 60_000 })).toBe(true)
    expect(await store.set('key', 2, { onlyIfAbsent: true })).toBe(false)
    expect(await store.get('key')).toBe(1)
    expect(await store.set('key', 3)).toBe(true)
    expect(await store.get('key')).toBe(3)
    expect(await openClient().pttl(`${prefix}key`)).toBe(-1)
  })

  test('the lifetime is kept in milliseconds', async () => {
    const { store, prefix } = openStore()
    await store.set('key', 1, { ttlMs: 90_000 })
    await store.setMany([['many', 1]], { ttlMs: 90_000 })
    await store.getOrSet('made', () => 1, { ttlMs: 90_000 })
    for (const key of ['key', 'many', 'made']) {
      const left = await openClient().pttl(`${prefix}${key}`)
      expect(left).toBeLessThanOrEqual(90_000)
      expect(left).toBeGreaterThan(60_000)
    }
  })

  test('a key is gone after its lifetime', async () => {
    const { store } = openStore()
    await store.set('key', 1, { ttlMs: 1 })
    await expect.poll(() => store.has('key')).toBe(false)
    expect(await store.get('key')).toBeUndefined()
  })

  test('delete says whether there was something', async () => {
    const { store } = openStore()
    await store.set('key', 1)
    expect(await store.delete('key')).toBe(true)
    expect(await store.delete('key')).toBe(false)
    expect(await store.has('key')).toBe(false)
  })

  test('what is set is the value at the moment of the call', async () => {
    const { store } = openStore()
    const list = [1]
    const written = store.set('key', list)
    list.push(2)
    await written
    expect(await store.get('key')).toEqual([1])
  })
})

describe('setMany and getMany', () => {
  test('write and read in the order of the keys', async () => {
    const { store } = openStore()
    await store.setMany(
      new Map([
        ['a', john],
        ['b', jane],
      ]),
    )
    const back = await store.getMany(['b', 'none', 'a', 'b'], person.schema)
    expectTypeOf(back).toEqualTypeOf<(Person | undefined)[]>()
    expect(back).toEqual([jane, undefined, john, jane])
    expect(back[0]).toBeInstanceOf(Person)
  })

  test('ask nothing when there is nothing to ask', async () => {
    const { store } = openStore()
    await store.setMany([])
    expect(await store.getMany([])).toEqual([])
  })

  test('take one round trip each', async () => {
    const client = openClient()
    const { store } = openStore({ connection: client })
    await store.has('ready')
    const write = vi.spyOn(client.stream, 'write')
    await store.setMany(
      Array.from({ length: 100 }, (_, n) => [`key-${n}`, n] as const),
      { ttlMs: 60_000 },
    )
    await store.getMany(Array.from({ length: 100 }, (_, n) => `key-${n}`))
    expect(write).toHaveBeenCalledTimes(2)
  })
})

describe('keys', () => {
  test('yields each of 5,000 keys once, without a prefix that is full of glob characters', async () => {
    const prefix = `${freshPrefix()}[a-c]*?\\^{x}:`
    const { store } = openStore({ prefix })
    await openClient().set(prefix.replace('[a-c]', 'a').replace('*', 'many'), 'of somebody else')
    const given = Array.from({ length: 5_000 }, (_, n) => `key-${n}*`)
    await store.setMany(given.map((key) => [key, 1] as const))
    const found: string[] = []
    for await (const key of store.keys()) found.push(key)
    expect(found.sort()).toEqual(given.sort())
  })

  test('yields nothing from an empty store, and can be left early', async () => {
    const { store } = openStore()
    for await (const key of store.keys()) expect.unreachable(key)
    await store.setMany([
      ['a', 1],
      ['b', 2],
    ])
    for await (const key of store.keys()) {
      expect(['a', 'b']).toContain(key)
      break
    }
  })
})
