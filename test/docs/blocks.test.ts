import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { root } from '../program.ts'

vi.setConfig({ testTimeout: 60_000 })

const docs = join(root, 'docs')
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

/** Its blocks are run, and not only compiled: see evolution.test.ts. */
const isRun = 'evolution.md'

/** The names that a module exports, as those of given/ are written. */
function exportsOf(module: string): string[] {
  const exported = /^export (?:(?:declare )?(?:class|const|function) (\w+)|(?:type )?\{ (.+) \})/gm
  return [...module.matchAll(exported)].flatMap(([, name, list = '']) => name ?? list.split(', '))
}

/** Whether a block speaks of a name that it neither imports nor declares. */
function lacks(block: string, name: string): boolean {
  const own = new RegExp(`^(?:import|(?:export )?(?:class|const|function)) [^:=(]*\\b${name}\\b`, 'm')
  return new RegExp(`(?<![.'])\\b${name}\\b`).test(block) && !own.test(block)
}

/** A block as a module in a folder. What the page leaves out, such as a contract, stands in given/ under the page's name. */
async function moduleOf(block: string, page: string, folder: string): Promise<string> {
  const from = (path: string) => relative(folder, path).replaceAll('\\', '/')
  const given = join(import.meta.dirname, 'given', page.replace(/md$/, 'ts'))
  const code = block
    .replaceAll("'./jobs/", `'${from(join(root, 'jobs'))}/`)
    .replaceAll("'./jobs.ts'", `'${from(given)}'`)
  // A part of an object stands where the page has one.
  const whole = /^\w+: /.test(code) ? `around({\n${code}})\n` : code
  const names = exportsOf(await readFile(given, 'utf8')).filter((name) => lacks(whole, name))
  return `import { ${names.join(', ')} } from '${from(given)}'\n${whole}`
}

/** Writes what a page shows in TypeScript, each block as a module, and gives their paths. */
async function writeBlocks(page: string, folder: string): Promise<string[]> {
  await mkdir(folder)
  const text = await readFile(join(docs, page), 'utf8')
  const written = [...text.matchAll(/^```ts\n(?:\/\/ ([\w-]+\.ts)\n)?(.*?)^```$/gms)].map(
    async ([, name, block = ''], index) => {
      const path = join(folder, name ?? `${index + 1}.ts`)
      await writeFile(path, await moduleOf(block, page, folder))
      return path
    },
  )
  return Promise.all(written)
}

test('what the pages show in TypeScript compiles', async () => {
  const folder = await mkdtemp(join(import.meta.dirname, '.blocks-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const pages = (await readdir(docs)).filter((name) => name.endsWith('.md') && name !== isRun)
  const files = (await Promise.all(pages.map((page) => writeBlocks(page, join(folder, page))))).flat()
  expect(files.length).toBeGreaterThan(25)
  // As in a strict project of a stranger's, without this one's rules on style.
  const compilerOptions = {
    ...{ noUnusedLocals: false, noUnusedParameters: false },
    ...{ noPropertyAccessFromIndexSignature: false, verbatimModuleSyntax: false },
  }
  const config = { extends: relative(folder, join(root, 'tsconfig.json')), compilerOptions, include: [], files }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiled = promisify(execFile)(process.execPath, [tsc, '--project', folder], { cwd: root })
  const { stdout } = await compiled.catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
})
