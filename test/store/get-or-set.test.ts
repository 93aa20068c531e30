import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { z } from 'zod'
import { john, openStore } from './open-store.ts'
import { Person, person } from './person.ts'

describe('getOrSet', () => {
  test('computes once for callers at the same time, and gives each an object of its own', async () => {
    const { store } = openStore()
    const compute = vi.fn(async () => john)
    const people = await Promise.all(Array.from({ length: 20 }, () => store.getOrSet('key', person.schema, compute)))
    expectTypeOf(people).toEqualTypeOf<Person[]>()
    expect(compute).toHaveBeenCalledTimes(1)
    expect(people.every((one) => one instanceof Person && one.age === 20)).toBe(true)
    expect(new Set(people).size).toBe(20)
    expect(await store.getOrSet('key', compute)).toEqual(john)
    expect(compute).toHaveBeenCalledTimes(1)
  })

  test('computes different keys apart', async () => {
    const { store } = openStore()
    expect(await Promise.all([store.getOrSet('a', () => 'a'), store.getOrSet('b', () => 'b')])).toEqual(['a', 'b'])
  })

  test('gives an error to all who wait, and computes again the next time', async () => {
    const { store } = openStore()
    const compute = vi.fn().mockRejectedValueOnce(new RangeError('no luck')).mockResolvedValue(7)
    const failed = await Promise.allSettled([store.getOrSet('key', compute), store.getOrSet('key', compute)])
    expect(failed.map((one) => one.status === 'rejected' && one.reason)).toEqual([
      new RangeError('no luck'),
      new RangeError('no luck'),
    ])
    expect(await store.has('key')).toBe(false)
    expect(await store.getOrSet('key', compute)).toBe(7)
    expect(compute).toHaveBeenCalledTimes(2)
  })

  test('keeps what another process stored meanwhile', async () => {
    const { store, prefix } = openStore()
    const { store: other } = openStore({ prefix })
    const value = await store.getOrSet('key', async () => {
      await other.set('key', 'theirs')
      return 'ours'
    })
    expect(value).toBe('theirs')
    expect(await other.get('key')).toBe('theirs')
  })

  test('gives what the schema makes of it, computed or stored, and stores what was given', async () => {
    const { store } = openStore()
    const schema = z.string().transform(Number)
    expect(await store.getOrSet('key', schema, () => '7')).toBe(7)
    expect(await store.getOrSet('key', schema, () => '8')).toBe(7)
    expect(await store.get('key')).toBe('7')
  })
})
