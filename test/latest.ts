// Runs the tests of the queue with the newest releases of what it is built on, in a copy: `npm run test:latest`, once a week.
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './program.ts'

const packages = ['bullmq', 'ioredis', 'zod']
const folders = ['queue', 'quarantine', 'rollout', 'sandbox', 'schedule', 'fault', 'schema'].map(
  (name) => `test/${name}`,
)

const copy = await mkdtemp(join(tmpdir(), 'brine-latest-'))
const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: copy, stdio: 'inherit' })
try {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  for (const file of files) await cp(join(root, file), join(copy, file))
  run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund')
  run(
    'npm',
    'install',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    ...packages.map((name) => `${name}@latest`),
  )
  for (const name of packages) {
    const { version } = JSON.parse(await readFile(join(copy, 'node_modules', name, 'package.json'), 'utf8'))
    console.log(`${name} ${version}`)
  }
  run('npx', 'vitest', 'run', ...folders)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await rm(copy, { recursive: true })
}
