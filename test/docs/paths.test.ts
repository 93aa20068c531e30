import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../program.ts'

const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
const pages = new Map(
  await Promise.all(
    ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...docs].map(
      async (path) => [path, await readFile(join(root, path), 'utf8')] as const,
    ),
  ),
)

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each([...pages])('every link of %s leads somewhere', (page, text) => {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
  const broken = links.filter(([, path = '', anchor]) => {
    const goal = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(root, goal))) return true
    return anchor !== undefined && !anchorsOf(pages.get(goal) ?? '').includes(anchor)
  })
  expect(broken.map(([link]) => link)).toEqual([])
})

test.each(['CONTRIBUTING.md', 'SECURITY.md', 'docs/architecture.md'])('every file that %s names exists', (page) => {
  const named = [...(pages.get(page) ?? '').matchAll(/`((?:src|test|docs)\/[\w./-]+)`/g)].map(([, path = '']) => path)
  expect(named.filter((path) => !path.includes('NAME') && !existsSync(join(root, path)))).toEqual([])
})

test('every page of docs can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const [, path = ''] of (pages.get(page) ?? '').matchAll(/\]\((?!https?:)([^)#\s]+\.md)/g)) {
      reached.add(join(dirname(page), path))
    }
  }
  expect(docs.filter((page) => !reached.has(page))).toEqual([])
})

test('docs/architecture.md names every room, and files of src/bullmq that exist', async () => {
  const text = pages.get('docs/architecture.md') ?? ''
  const folders = await readdir(join(root, 'src'), { withFileTypes: true })
  const rooms = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  expect(rooms.filter((room) => !text.includes(`\`${room}\``))).toEqual([])
  const files = [...(text.split('## What BrineMQ changes')[1] ?? '').matchAll(/`([\w-]+\.ts)`/g)].map(
    ([, name]) => name,
  )
  expect(files.length).toBeGreaterThan(5)
  expect(files.filter((name) => !existsSync(join(root, 'src/bullmq', String(name))))).toEqual([])
})
