import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

export const root = fileURLToPath(new URL('..', import.meta.url))

export interface ProgramOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
}

/** A program of this project as a user runs it, in a process group of its own as on a terminal. */
export interface Program {
  readonly child: ChildProcess
  readonly pid: number
  /** What it and the processes that it started have printed. */
  readonly out: string
  readonly err: string
  /** Resolves when it has printed a text, and rejects when it ends before. */
  said(text: string): Promise<void>
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Fails unless every process that came of it is gone. */
  leftNothing(): Promise<void>
}

const mark = 'BRINE_TEST_PROGRAM'

/** `node --import tsx FILE ARGS`, for the running test: what is left of it then is killed. */
export function startProgram(file: string, args: readonly string[] = [], options: ProgramOptions = {}): Program {
  return start(process.execPath, ['--import', 'tsx', file, ...args], options)
}

/** `npm run demo -- ARGS`, called from `cwd`. */
export function startWithNpm(args: readonly string[], options: ProgramOptions): Program {
  return start('npm', ['run', '--silent', '--prefix', root, 'demo', '--', ...args], options)
}

function start(command: string, args: readonly string[], { env, cwd = root }: ProgramOptions): Program {
  const id = randomUUID()
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env, [mark]: id },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  onTestFinished(async () => {
    for (const pid of await marked(id)) killIfThere(pid)
  })
  const printed = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (printed.out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (printed.err += text))
  const ended = once(child, 'close').then(([code, signal]): number | NodeJS.Signals => code ?? signal)
  return {
    child,
    pid: child.pid ?? Number.NaN,
    get out() {
      return printed.out
    },
    get err() {
      return printed.err
    },
    async said(text) {
      const over = ended.then((code) => {
        if (!printed.out.includes(text)) throw new Error(`ended with ${code} before it said '${text}': ${printed.err}`)
      })
      while (!printed.out.includes(text)) await Promise.race([once(child.stdout, 'data'), over])
    },
    ended,
    async leftNothing() {
      // What compiles TypeScript for a program ends a moment after it.
      await expect.poll(() => marked(id), { timeout: 5_000 }).toEqual([])
    },
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went by itself.
  }
}

/** The processes that inherited the mark, found where Linux shows each one's environment. */
async function marked(id: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter(Number.isInteger)
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')))
  return pids.filter((_, index) => environments[index]?.includes(`${mark}=${id}`))
}
