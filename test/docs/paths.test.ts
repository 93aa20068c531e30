import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../program.ts'

const pages = ['CONTRIBUTING.md', 'SECURITY.md', 'docs/architecture.md']

test.each(pages)('every file and folder that %s names is there', async (page) => {
  const text = await readFile(join(root, page), 'utf8')
  const named = [...text.matchAll(/`((?:src|test|docs)\/[\w./-]+)`/g)].map(([, path = '']) => path)
  const linked = [...text.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = '']) => join(page, '..', path))
  expect(named.concat(linked).filter((path) => !path.includes('NAME') && !existsSync(join(root, path)))).toEqual([])
})

test('docs/architecture.md names every room, and files of src/bullmq that are there', async () => {
  const text = await readFile(join(root, 'docs/architecture.md'), 'utf8')
  const folders = await readdir(join(root, 'src'), { withFileTypes: true })
  const rooms = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  expect(rooms.filter((room) => !text.includes(`\`${room}\``))).toEqual([])
  const files = [...(text.split('## What BrineMQ changes')[1] ?? '').matchAll(/`([\w-]+\.ts)`/g)].map(
    ([, name]) => name,
  )
  expect(files.length).toBeGreaterThan(5)
  expect(files.filter((name) => !existsSync(join(root, 'src/bullmq', String(name))))).toEqual([])
})
