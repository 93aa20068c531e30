import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { redisUrl } from '../connection.ts'
import { type Program, root, startProgram } from '../program.ts'

/** The project that the command runs in: its configuration, contracts and workers. */
export const project = join(root, 'test', 'cli', 'project')

export const main = join(root, 'src', 'cli', 'main.ts')

// By its place, since the command is run in folders that have none.
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

export interface Ran {
  code: number | null
  out: string
  err: string
}

export interface RunOptions {
  prefix: string
  stdin?: string
  cwd?: string
  env?: NodeJS.ProcessEnv
}

/** `brine ARGS` as a process, to its end. */
export async function brine(
  args: readonly string[],
  { prefix, stdin = '', cwd = project, env }: RunOptions,
): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', tsx, main, ...args], {
    cwd,
    env: { ...process.env, REDIS_URL: redisUrl, PREFIX: prefix, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const printed = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (printed.out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (printed.err += text))
  child.stdin.on('error', () => {}).end(stdin)
  const [code] = await once(child, 'close')
  return { code: typeof code === 'number' ? code : null, ...printed }
}

/** `brine ARGS` that goes on until it is told to end. */
export function startBrine(args: readonly string[], { prefix, cwd = project, env }: RunOptions): Program {
  return startProgram(main, args, { cwd, env: { REDIS_URL: redisUrl, PREFIX: prefix, ...env } })
}
