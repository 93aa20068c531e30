import { execFileSync } from 'node:child_process'
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodec, createFiles } from 'brinemq'
import { describe, expect, expectTypeOf, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { Person, person, Query, query } from './person.ts'

const files = createFiles({ models: [person, query] })
const codec = createCodec({ models: [person] })
const john = new Person('John', 20)

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'brine-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

describe('objects in files', () => {
  test('come back as their class', async () => {
    const path = join(await folder(), 'person.json')
    await files.write(path, john)
    const back = await files.read(path, person.schema)
    expectTypeOf(back).toEqualTypeOf<Person>()
    expect(back).toBeInstanceOf(Person)
    expect(String(back)).toBe('John 20')
    const bare = await files.read(path)
    expectTypeOf(bare).toBeUnknown()
    expect(bare).toEqual(john)
  })

  test('hold the text of the codec and nothing else', async () => {
    const path = join(await folder(), 'person.json')
    await files.write(path, john)
    expect(await readFile(path, 'utf8')).toBe(codec.encode(john))
  })

  test('replace a file whole, keep its mode, and leave no draft behind', async () => {
    const at = await folder()
    const path = join(at, 'person.json')
    await writeFile(path, 'x'.repeat(10_000))
    await chmod(path, 0o640)
    await files.write(path, john)
    expect(await files.read(path)).toEqual(john)
    expect((await stat(path)).mode & 0o777).toBe(0o640)
    expect(await readdir(at)).toEqual(['person.json'])
  })

  test.skipIf(process.platform === 'win32')('can be read by their owner alone when they are new', async () => {
    const path = join(await folder(), 'person.json')
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    await files.write(path, john)
    await files.write(path, john)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('are measured before they are loaded', async () => {
    const path = join(await folder(), 'person.json')
    await writeFile(path, '')
    // More than one Buffer can hold; on the disk it takes nothing.
    await truncate(path, 2 ** 43)
    const error: unknown = await files.read(path).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', path: '$', message: expect.stringContaining(path) })
  })

  test('may be as large as the limits allow, and not larger', async () => {
    const path = join(await folder(), 'text.json')
    const small = createFiles({ limits: { maxBytes: 10_000 } })
    await small.write(path, 'x'.repeat(9_996))
    expect(await small.read(path)).toHaveLength(9_996)
    await files.write(path, 'x'.repeat(11_500))
    await expect(small.read(path)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', path: '$' })
  })

  test.skipIf(process.platform === 'win32')(
    'are regular: pipes and devices are refused, and nobody waits for them',
    async () => {
      const at = await folder()
      const pipe = join(at, 'pipe')
      execFileSync('mkfifo', [pipe])
      for (const path of [pipe, '/dev/zero', '/dev/null', at]) {
        const error: unknown = await files.read(path).catch((error: unknown) => error)
        expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining(path) })
      }
      await expect(files.write(pipe, john)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
      expect((await stat(pipe)).isFIFO()).toBe(true)
    },
  )

  test('are written through a link', async () => {
    const at = await folder()
    await writeFile(join(at, 'target.json'), '')
    await symlink('target.json', join(at, 'link.json'))
    await files.write(join(at, 'link.json'), john)
    expect((await lstat(join(at, 'link.json'))).isSymbolicLink()).toBe(true)
    expect(await files.read(join(at, 'target.json'))).toEqual(john)
  })

  test('are read whole while others write them', async () => {
    const path = join(await folder(), 'list.json')
    const lists = [1, 2, 3, 4].map((n) => Array.from({ length: 2_000 }, () => n))
    await files.write(path, lists[0])
    let writing = true
    const written = Promise.all(lists.map((list) => files.write(path, list))).finally(() => {
      writing = false
    })
    const list = z.array(z.number()).length(2_000)
    while (writing) expect(new Set(await files.read(path, list)).size).toBe(1)
    await written
  })

  test('stay as they were when a value is refused or the write fails', async () => {
    const at = await folder()
    const path = join(at, 'person.json')
    await files.write(path, john)
    await expect(files.write(path, { run() {} })).rejects.toMatchObject({
      code: 'UNSUPPORTED_VALUE',
      path: '$.run',
    })
    await expect(files.write(path, new Query())).rejects.toMatchObject({ code: 'UNSUPPORTED_VALUE', path: '$' })
    await expect(files.write(at, john)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    expect(await files.read(path)).toEqual(john)
    expect(await readdir(at)).toEqual(['person.json'])
  })

  test('that are missing or no files are told with their path', async () => {
    const at = await folder()
    for (const path of [join(at, 'none.json'), at]) {
      const error: unknown = await files.read(path).catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining(path) })
    }
    const nowhere = files.write(join(at, 'none', 'person.json'), john)
    await expect(nowhere).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', message: expect.stringContaining(at) })
  })

  const damaged: [title: string, bytes: string | Uint8Array, code: string][] = [
    ['an empty file', '', 'TEXT_INVALID'],
    ['a file that is no JSON', 'John 20', 'TEXT_INVALID'],
    ['a file that is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'TEXT_INVALID'],
    ['a file that was cut', codec.encode(john).slice(0, -3), 'TEXT_INVALID'],
    ['a file of another schema', codec.encode('John'), 'VALUE_INVALID'],
  ]
  test.each(damaged)('%s is told with its path', async (_title, bytes, code) => {
    const path = join(await folder(), 'person.json')
    await writeFile(path, bytes)
    const error: unknown = await files.read(path, person.schema).catch((error: unknown) => error)
    expect(error).toMatchObject({ code, path: '$', message: expect.stringContaining(path) })
  })
})
