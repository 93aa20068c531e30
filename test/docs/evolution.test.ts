import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { encodeData, openJob, type QueueContract } from 'brinemq'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { brineProcess } from '../cli/brine.ts'
import { freshPrefix } from '../connection.ts'
import { root } from '../program.ts'

const page = await readFile(join(root, 'docs', 'evolution.md'), 'utf8')

interface Block {
  kind: 'ts' | 'console'
  text: string
}

const sections = new Map(
  page.split(/^## /m).map((section) => {
    const blocks = [...section.matchAll(/^```(ts|console)\n(.*?)^```$/gms)]
    const [heading = ''] = section.split('\n')
    return [heading, blocks.map(([, kind, text = '']): Block => ({ kind: kind as Block['kind'], text }))]
  }),
)
const [first = []] = sections.values()
const released = first.find(({ kind }) => kind === 'ts')?.text ?? ''

/** The top-level declarations of a block, by their names. */
function declarations(text: string): Map<string, string> {
  const parts = text.split(/^(?=export )/m).filter((part) => part.startsWith('export '))
  return new Map(parts.map((part) => [/^export (?:class|const) (\w+)/.exec(part)?.[1] ?? '', part]))
}

/** The released code with what a block declares anew in place of what it had: classes, models, and then the queue. */
function changed(text: string): string {
  const all = new Map([...declarations(released), ...declarations(text)])
  const rank = (part: string) => ['export class', 'export const'].findIndex((start) => part.startsWith(start))
  const late = (name: string) => (name === 'people' ? 2 : name === 'person' ? 1 : 0)
  const sorted = [...all].sort(([a, one], [b, other]) => rank(one) - rank(other) || late(a) - late(b))
  const imports = "import { defineModel, defineQueue } from 'brinemq'\nimport { z } from 'zod'\n\n"
  return imports + sorted.map(([, part]) => part).join('')
}

/** The commands of a console block, and what the page says that they print. */
function commands(text: string): { args: string[]; printed: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...printed] = part.trimEnd().split('\n')
      return { args: command.split(' ').slice(1), printed: printed.join('\n') }
    })
}

interface Module {
  people: QueueContract
  Person: new (...given: unknown[]) => object
}

const prefix = freshPrefix()
const config =
  "import { defineConfig } from 'brinemq'\nimport { people } from './contract.ts'\n\nexport default defineConfig({ queues: [people] })\n"
let folders = ''
let lock = ''

async function project(name: string) {
  const folder = join(folders, name)
  await mkdir(folder)
  await writeFile(join(folder, 'brine.config.ts'), config)
  let count = 0
  return {
    folder,
    write: (code: string) => writeFile(join(folder, 'contract.ts'), code),
    async load(): Promise<Module> {
      // A module is loaded once for each name.
      const path = join(folder, `loaded-${count++}.ts`)
      await writeFile(path, await readFile(join(folder, 'contract.ts')))
      return import(/* @vite-ignore */ pathToFileURL(path).href)
    },
  }
}

vi.setConfig({ testTimeout: 90_000 })

async function runBlock(text: string, cwd: string): Promise<void> {
  for (const { args, printed } of commands(text)) {
    const { out, err } = await brineProcess(args, { prefix, cwd })
    expect(`${out}${err}`.trimEnd()).toBe(printed)
  }
}

beforeAll(async () => {
  folders = await mkdtemp(join(root, 'test', '.evolution-'))
  const { folder, write } = await project('released')
  await write(changed(''))
  await runBlock(first.find(({ kind }) => kind === 'console')?.text ?? '', folder)
  lock = await readFile(join(folder, 'brine.lock.json'), 'utf8')
})
afterAll(() => rm(folders, { recursive: true }))

/** What a job that was enqueued by the released code reads as in the end, by its section. */
const ends: [heading: string, payload: object][] = [
  ['Add a field', { person: { name: 'Ann', street: 'High St', city: 'Ulm' }, at: '2026-01-02T03:04:05.678Z' }],
  ['Rename a field', { person: { name: 'Ann', street: 'High St', city: 'Ulm' }, at: '2026-01-02T03:04:05.678Z' }],
  [
    'Change a type',
    { person: { name: 'Ann', street: 'High St', city: 'Ulm' }, at: new Date('2026-01-02T03:04:05.678Z') },
  ],
  [
    'Split a class',
    { person: { name: 'Ann', address: { street: 'High St', city: 'Ulm' } }, at: '2026-01-02T03:04:05.678Z' },
  ],
  ['Rename a job', { person: { name: 'Ann', street: 'High St', city: 'Ulm' }, at: '2026-01-02T03:04:05.678Z' }],
  ['Remove a job', { person: { name: 'Ann', street: 'High St', city: 'Ulm' }, at: '2026-01-02T03:04:05.678Z' }],
]

describe('docs/evolution.md', () => {
  test.concurrent.each(ends)('walks through: %s', async (heading, expected) => {
    const { folder, write, load } = await project(heading)
    await write(changed(''))
    await writeFile(join(folder, 'brine.lock.json'), lock)
    const before = await load()
    const person = new before.Person('Ann', 'High St', 'Ulm')
    const data = await encodeData(before.people, 'greet', { person, at: '2026-01-02T03:04:05.678Z' })
    const blocks = sections.get(heading) ?? []
    expect(blocks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['ts', 'console']))
    for (const { kind, text } of blocks) await (kind === 'ts' ? write(changed(text)) : runBlock(text, folder))
    const after = await load()
    const { payload } = await openJob(after.people, { name: 'greet', data })
    expect(payload).toMatchObject(expected)
    expect(payload).toMatchObject({ person: expect.any(after.Person) })
  })

  test('has a section for each change that is tested', () => {
    const changes = [...sections].filter(
      ([heading, blocks]) => blocks.some(({ kind }) => kind === 'ts') && heading !== '',
    )
    expect(changes.map(([heading]) => heading).filter((heading) => !heading.startsWith('# '))).toEqual(
      ends.map(([heading]) => heading),
    )
  })
})
