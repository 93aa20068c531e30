import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFiles, createStore } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { keysFor } from '../seal/sealed-codec.ts'

function openStore(options: Parameters<typeof createStore>[0]) {
  const store = createStore({ connection: redisUrl, ...options })
  onTestFinished(() => store.close())
  return store
}

describe.each(['sign', 'encrypt'] as const)('a store with keys, in mode %s,', (mode) => {
  test('gives back what was put under a key, and nothing that was put under another', async () => {
    const prefix = freshPrefix()
    const store = openStore({ prefix, keys: keysFor(mode) })
    const redis = openClient()
    await store.setMany([
      ['a', { secret: 'of a' }],
      ['b', 2n],
    ])
    expect(await store.getMany(['a', 'b'])).toEqual([{ secret: 'of a' }, 2n])
    expect(await store.getOrSet('c', () => 'computed')).toBe('computed')
    const text = String(await redis.get(`${prefix}a`))
    expect(text.includes('secret')).toBe(mode === 'sign')
    await redis.rename(`${prefix}a`, `${prefix}b`)
    await expect(store.get('b')).rejects.toMatchObject({
      code: 'SEAL_INVALID',
      message: expect.stringContaining('"b"'),
    })
    await redis.set(`${prefix}b`, text.slice(0, -1))
    await expect(store.get('b')).rejects.toMatchObject({ code: 'SEAL_INVALID' })
    await openStore({ prefix }).set('b', 'mallory')
    await expect(store.get('b')).rejects.toMatchObject({ code: 'SEAL_MISSING' })
    const until = openStore({
      prefix,
      keys: keysFor(mode, { accept: 'unsealed', acceptUntil: new Date(Date.now() + 60_000) }),
    })
    expect(await until.get('b')).toBe('mallory')
    const over = openStore({ prefix, keys: keysFor(mode, { accept: 'unsealed', acceptUntil: new Date(1) }) })
    await expect(over.get('b')).rejects.toMatchObject({ code: 'SEAL_MISSING' })
  })

  test('has files that may be moved, and not changed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'brine-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const [at, there] = [join(folder, 'a.json'), join(folder, 'b.json')]
    const files = createFiles({ keys: keysFor(mode), compress: { aboveBytes: 100 } })
    await files.write(at, 'x'.repeat(1_000))
    await copyFile(at, there)
    expect(await files.read(there)).toBe('x'.repeat(1_000))
    await writeFile(there, (await readFile(at, 'utf8')).replace('"kind":"value"', '"kind":"error"'))
    await expect(files.read(there)).rejects.toMatchObject({ code: 'SEAL_INVALID' })
  })
})

test('reads an encrypted file of all bytes that the limits allow', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brine-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const files = createFiles({ keys: keysFor('encrypt'), limits: { maxBytes: 10_000 } })
  await files.write(join(folder, 'a.json'), 'x'.repeat(9_996))
  expect(await files.read(join(folder, 'a.json'))).toHaveLength(9_996)
})

test('a store whose keys are not there is not opened', () => {
  expect(() => createStore({ keys: undefined })).toThrow(expect.objectContaining({ code: 'KEYS_INVALID' }))
  expect(() => createFiles({ keys: '' })).toThrow(expect.objectContaining({ code: 'KEYS_INVALID' }))
})
