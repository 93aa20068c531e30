import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { runProgram } from '../../src/cli/run-program.ts'
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

let before: Promise<unknown> = Promise.resolve()

/**
 * `brine ARGS` in this process, to its end: a tenth of what a process costs. One after the other, since what a command
 * prints to and ends with belongs to the process.
 */
export function brine(args: readonly string[], options: RunOptions): Promise<Ran> {
  const ran = before.then(() => runHere(args, options))
  before = ran.catch(() => {})
  return ran
}

async function runHere(args: readonly string[], { prefix, stdin = '', cwd = project, env }: RunOptions): Promise<Ran> {
  const [out, err] = [openSink(), openSink()]
  const streams = { stdin: Readable.from([stdin], { objectMode: false }), stdout: out.stream, stderr: err.stream }
  const putBack = Object.entries({ ...streams, cwd: () => cwd }).map(([name, value]) => replace(process, name, value))
  for (const [name, value] of Object.entries({ REDIS_URL: redisUrl, ...env })) {
    putBack.push(replace(process.env, name, value))
  }
  const exitCodeBefore = process.exitCode
  process.exitCode = undefined
  try {
    // The contracts' own prefix was read when this process loaded them.
    await runProgram(['--prefix', prefix, ...args])
    return { code: Number(process.exitCode ?? 0), out: out.text(), err: err.text() }
  } finally {
    process.exitCode = exitCodeBefore
    for (const one of putBack) one()
  }
}

function openSink() {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  return { stream, text: () => text }
}

/** Puts a value in the place of a property, and gives what puts the property back. */
function replace(holder: object, name: string, value: unknown): () => void {
  const was = Object.getOwnPropertyDescriptor(holder, name)
  Object.defineProperty(holder, name, { value, configurable: true, enumerable: true, writable: true })
  return () => {
    if (was) Object.defineProperty(holder, name, was)
    else Reflect.deleteProperty(holder, name)
  }
}

/** `brine ARGS` as a process, to its end. */
export async function brineProcess(
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
