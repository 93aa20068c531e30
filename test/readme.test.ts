import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createCodec, defaultLimits } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Person, person } from '../jobs/greet.ts'
import { brineErrorCodes } from '../src/errors.ts'
import { producerOptions } from '../src/producer/producer-options.ts'
import { workerOptions } from '../src/worker/worker-options.ts'
import { fixtures } from './codec/fixtures.ts'
import { freshPrefix } from './connection.ts'

const root = join(import.meta.dirname, '..')
const page = (path: string) => readFileSync(join(root, path), 'utf8')
const readme = page('README.md')
const examplesIn = (text: string) => [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)

/** Runs an example as a program of this project, and returns its lines. What it changes of it is where Redis is. */
async function run(code: string): Promise<string[]> {
  const folder = await mkdtemp(join(root, 'test', '.readme-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const place = `connection: process.env.REDIS_URL, prefix: '${freshPrefix()}'`
  const program = code
    .replace('createProducer(people)', `createProducer(people, { ${place} })`)
    .replace('createWorker(people, {', `createWorker(people, { ${place},`)
    .replace(/prefix: 'people:'/, place)
    .replaceAll("'./jobs/", "'../../jobs/")
    .replaceAll("'john.json'", JSON.stringify(join(folder, 'john.json')))
  await writeFile(join(folder, 'example.ts'), program)
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(folder, 'example.ts')], {
    cwd: root,
  })
  return stdout.trimEnd().split('\n')
}

/** What an example's comments say that it prints. */
function promised(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line = '']) => line)
}

/** The first cells of the rows of the tables of a page, or of one under a heading. */
function firstCells(path: string, heading?: string): string[] {
  const text = page(path)
  const section = heading === undefined ? text : (text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
  const rows = section.split('\n').filter((line) => line.startsWith('| '))
  return rows.slice(2).map((row) => row.split(' | ')[0]?.replace(/^\| /, '') ?? '')
}

describe('the README and its pages', () => {
  test('the README has at most 200 lines', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(200)
  })

  test('begins with an example under 20 lines that prints what it says', async () => {
    const [first = ''] = examplesIn(readme)
    expect(first.split('\n').filter((line) => line.trim() !== '').length).toBeLessThan(20)
    expect(await run(first)).toEqual(promised(first))
  })

  test("shows the article's steps as they run", async () => {
    const [steps = ''] = examplesIn(page('docs/storing.md'))
    expect(promised(steps)).toHaveLength(4)
    expect(await run(steps)).toEqual(promised(steps))
  })

  test('shows what is stored as it is', () => {
    const [, stored] = /^```json\n(.*)\n```$/m.exec(page('docs/storing.md')) ?? []
    expect(createCodec({ models: [person] }).encode(new Person('John', 20))).toBe(stored)
  })

  test('starts an embedded server as it says', async () => {
    const embedded = examplesIn(page('docs/testing.md')).find((code) => code.includes('startEmbedded')) ?? ''
    expect(await run(embedded)).toEqual([expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+$/)])
  })

  test('lists what survives as the fixtures do', () => {
    expect(firstCells('docs/values.md', 'What survives the trip')).toEqual([
      ...new Set(fixtures.map(({ group }) => group)),
    ])
  })

  test('lists every error code, once', () => {
    expect(firstCells('docs/errors.md')).toEqual(brineErrorCodes.map((code) => `\`${code}\``))
  })

  test('lists every option of producers and workers', () => {
    const cells = firstCells('docs/options.md').join()
    const named = [...cells.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(named).toEqual(expect.arrayContaining([...producerOptions, ...workerOptions]))
  })

  test('lists the limits with their defaults', () => {
    for (const [name, value] of Object.entries(defaultLimits)) {
      expect(page('docs/options.md')).toMatch(
        new RegExp(`^\\| \`${name}\` \\|.*\\| ${value.toLocaleString('en')} \\|$`, 'm'),
      )
    }
  })
})
