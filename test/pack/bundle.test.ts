import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { execute, installBuilt, root } from './built-package.ts'

const { exports } = z
  .object({ exports: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
const entries = Object.keys(exports)
  .filter((name) => name !== './package.json')
  .map((name) => name.replace('.', 'brinemq'))
const dependencies = ['bullmq', 'devalue', 'ioredis', 'zod']
const peers = [
  '@bull-board/api',
  '@bull-board/hono',
  '@hono/node-server',
  'hono',
  'prom-client',
  '@opentelemetry/api',
  'bullmq-otel',
]

let folder = ''
/** Of a user, with the package. */
let project = ''
/** Of a machine that has bundles and no packages. */
let alone = ''

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'brine-bundle-')))
  project = join(folder, 'project')
  alone = join(folder, 'alone')
  await mkdir(alone)
  await installBuilt(project, [...dependencies, ...peers])
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  await cp(join(import.meta.dirname, 'bundled'), project, { recursive: true })
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

const extension = { esm: 'mjs', cjs: 'cjs' } as const
type Format = keyof typeof extension

let bundles = 0

/** Bundles for Node, into a file of its own, and gives its path. */
async function bundle(format: Format, options: BuildOptions, to = alone): Promise<string> {
  const outfile = join(to, `bundle-${bundles++}.${extension[format]}`)
  // What ioredis requires of Node, an ES module has no `require` for: see docs/bundling.md.
  const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
  const { warnings } = await build({
    ...{ bundle: true, platform: 'node', target: 'node20', format, outfile, absWorkingDir: project, tsconfigRaw: {} },
    ...(format === 'esm' && { banner: { js: banner } }),
    ...{ logLevel: 'silent' },
    ...options,
  })
  expect(warnings).toEqual([])
  return outfile
}

interface Ran {
  out: string
  code: number
}

async function run(file: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const inherited = { ...process.env, REDIS_URL: redisUrl, PREFIX: freshPrefix(), ...env }
  const ran = execute(process.execPath, [file], { cwd: alone, env: inherited })
  return ran.then(
    ({ stdout }) => ({ out: stdout, code: 0 }),
    ({ stdout, stderr, code }: { stdout: string; stderr: string; code: number }) => ({ out: stdout + stderr, code }),
  )
}

const app = { entryPoints: ['app.ts'] }
const worked = 'John, 21 true true\nJane, -1\nREDIS_REFUSED\n'
const workedElsewhere = worked.replace('true true', 'true false')

// Notes which files the package itself looks at while it is imported; what Node's loaders read is theirs.
const watch = `
import fs from 'node:fs'
import nodeModule, { syncBuiltinESMExports } from 'node:module'
const seen = []
Error.stackTraceLimit = 50
function note(what) {
  const caller = new Error().stack.split('\\n').slice(3).find((line) => !line.includes('node:'))
  if (caller?.includes('/brinemq/dist/')) seen.push(what + caller)
}
function watched(of, name) {
  const own = of[name]
  if (typeof own !== 'function' || /^[A-Z]/.test(name)) return
  of[name] = Object.assign(function (...given) { note(name); return own.apply(this, given) }, own)
}
for (const name of Object.keys(fs)) if (name !== 'promises') watched(fs, name)
for (const name of Object.keys(fs.promises)) watched(fs.promises, name)
for (const name of ['createRequire', 'findPackageJSON']) watched(nodeModule, name)
syncBuiltinESMExports()
await import(process.argv[1])
process.stdout.write(JSON.stringify(seen))
process.exit()
`

describe.each(entries)('%s', (name) => {
  test('looks at no file when it is imported', async () => {
    const args = ['--input-type=module', '-e', watch, name]
    const { stdout } = await execute(process.execPath, args, { cwd: project })
    expect(JSON.parse(stdout)).toEqual([])
  })

  test('can be imported from a bundle of its own', async () => {
    const contents = `import * as all from '${name}'; console.log(Object.keys(all).length > 0); process.exit()`
    const file = await bundle('cjs', { stdin: { contents, resolveDir: project } })
    expect(await run(file)).toEqual({ out: 'true\n', code: 0 })
  })
})

describe.each(['esm', 'cjs'] as const)('an app in one file, %s', (format) => {
  test.each([
    ['as written', {}],
    ['minified', { minify: true }],
    ['lowered, with names kept', { minify: true, keepNames: true, target: 'es2020' }],
  ])('carries class instances and errors, %s', async (_, options) => {
    expect(await run(await bundle(format, { ...app, ...options }))).toEqual({ out: worked, code: 0 })
  })

  test.each(['thread', 'process'])(
    'runs a sandboxed handler in a %s by the packages that its module has',
    async (where) => {
      const HANDLER = await bundle('esm', { entryPoints: ['handler.ts'], packages: 'external', banner: {} }, project)
      const file = await bundle(format, { ...app, minify: true })
      expect(await run(file, { HANDLER, WHERE: where })).toEqual({ out: workedElsewhere, code: 0 })
    },
  )

  test('says what a sandboxed handler needs, where there are no packages', async () => {
    const HANDLER = await bundle(format, { entryPoints: ['handler.ts'] })
    const { out, code } = await run(await bundle(format, app), { HANDLER })
    expect(code).toBe(1)
    expect(out).toContain('OPTIONS_INVALID age sandboxed:')
    expect(out).toContain('brinemq/dist/sandbox/sandbox-child.js')
    expect(out).toContain('--packages=external')
    expect(out).toContain(HANDLER)
  })
})

test('a handler that was bundled with its packages runs by those that it finds', async () => {
  const HANDLER = await bundle('cjs', { entryPoints: ['handler.ts'], minify: true }, project)
  const file = await bundle('cjs', app)
  expect(await run(file, { HANDLER })).toEqual({ out: workedElsewhere, code: 0 })
})

test('the packages stay out of a bundle that is told so', async () => {
  const file = await bundle('esm', { ...app, packages: 'external', banner: {} }, project)
  expect(await run(file)).toEqual({ out: worked, code: 0 })
})

test('an embedded server says that it needs its files', async () => {
  const contents = `import { startEmbedded } from 'brinemq/embedded'
    startEmbedded().catch(({ code, message }) => console.log(code, message))`
  const { out } = await run(await bundle('cjs', { stdin: { contents, resolveDir: project } }))
  expect(out).toContain('EMBEDDED_FAILED')
  expect(out).toContain('brinemq/dist/embedded/serve.js')
})
