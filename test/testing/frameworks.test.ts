import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../program.ts'

const execute = promisify(execFile)
const file = 'sign-up.test.mjs'
let project = ''

// A user's project beside the package as it is built: within ours, so that what the package needs is found.
beforeAll(async () => {
  project = await mkdtemp(join(root, 'test', '.kit-'))
  const installed = join(project, 'node_modules', 'brinemq')
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  await execute(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(installed, 'dist')])
  await cp(join(root, 'package.json'), join(installed, 'package.json'))
  await cp(join(import.meta.dirname, 'user'), project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  await writeFile(join(project, 'vitest.config.js'), `export default { test: { include: ['*.test.mjs'] } }`)
  const jest = { transform: {}, testEnvironment: 'node', testMatch: ['**/*.test.?js'] }
  await writeFile(join(project, 'jest.config.json'), JSON.stringify(jest))
}, 120_000)
afterAll(() => rm(project, { recursive: true }))

/** Runs the user's tests as the user would, and gives what is printed of them. */
async function run(program: readonly string[], options: readonly string[] = []): Promise<string> {
  const { VITEST: _, ...env } = process.env
  const { stdout, stderr } = await execute(process.execPath, [...options, ...program], {
    cwd: project,
    env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  return `${stdout}\n${stderr}`
}

const bin = (name: string, path: string) => {
  const { resolve } = createRequire(import.meta.url)
  return join(resolve(`${name}/package.json`), '..', path)
}

// A run that never ends fails by its time: the embedded server must not hold its process.
test("a user's test passes in node:test", { timeout: 60_000 }, async () => {
  expect(await run(['--test', '--test-reporter=tap', file])).toMatch(/^# pass 5$[\s\S]*^# fail 0$/m)
})

test("a user's test passes in jest", { timeout: 60_000 }, async () => {
  const jest = await run([bin('jest', 'bin/jest.js'), file], ['--experimental-vm-modules'])
  expect(jest).toContain('Tests:       5 passed, 5 total')
})

test("a user's test passes in vitest", { timeout: 60_000 }, async () => {
  expect(await run([bin('vitest', 'vitest.mjs'), 'run', file])).toMatch(/Tests {2}5 passed \(5\)/)
})

test('what Node gives travels in jest, which runs tests in a realm of their own', { timeout: 60_000 }, async () => {
  const jest = await run([bin('jest', 'bin/jest.js'), 'realms'], ['--experimental-vm-modules'])
  expect(jest).toContain('Test Suites: 2 passed, 2 total')
  expect(jest).toContain('Tests:       5 passed, 5 total')
})

test.each(['vmThreads', 'vmForks'])("what Node gives travels in vitest's %s", { timeout: 60_000 }, async (pool) => {
  const vitest = await run([bin('vitest', 'vitest.mjs'), 'run', 'realms', `--pool=${pool}`])
  expect(vitest).toMatch(/Tests {2}3 passed \(3\)/)
})
