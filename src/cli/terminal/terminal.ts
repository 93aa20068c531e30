import { createInterface } from 'node:readline/promises'
import { CommandError } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'
import { printable } from './printable.ts'
import { createStyle, type Style, wantsColours } from './style.ts'
import { type Cell, type Column, formatTable } from './table.ts'

/** Where a command speaks: tables and JSON to stdout, what is said beside them to stderr. */
export interface Terminal {
  /** Whether a person looks at what goes to stdout. */
  readonly isTerminal: boolean
  readonly style: Style
  /** A line of the answer. Texts from Redis are to go through `printable` first. */
  print(line?: string): void
  table(columns: readonly (Column | string)[], rows: readonly (readonly Cell[])[]): void
  /** The whole answer of `--json`: one document. */
  json(value: unknown): void
  /** One of the documents that `--json` gives of what goes on, each on a line. */
  jsonLine(value: unknown): void
  /** Begins a screen that is shown in place of the one before, or goes below it where nobody looks. */
  anew(title: string): void
  /** Something beside the answer, to stderr. */
  say(line: string): void
  /** How far long work has come, on stderr while a person looks. */
  progress(done: number, of: number, what: string): void
  /** Asks before anything is destroyed. Throws a CommandError when the answer is no, or nobody can be asked. */
  confirm(question: string, yes: boolean | undefined): Promise<void>
}

export function openTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process
  const isTerminal = stdout.isTTY === true
  const style = createStyle(wantsColours(isTerminal, env))
  let progressing = false
  const clear = () => {
    if (progressing) stderr.write('\r\u001b[K')
    progressing = false
  }
  return {
    isTerminal,
    style,
    print(line = '') {
      clear()
      stdout.write(`${line}\n`)
    },
    table(columns, rows) {
      clear()
      const all = columns.map((column) => (typeof column === 'string' ? { title: column } : column))
      stdout.write(`${formatTable(all, rows, { style, ruled: isTerminal })}\n`)
    },
    json(value) {
      clear()
      stdout.write(`${printable(JSON.stringify(value, (_key, member: unknown) => plain(member), 2))}\n`)
    },
    jsonLine(value) {
      stdout.write(`${printable(JSON.stringify(value, (_key, member: unknown) => plain(member)))}\n`)
    },
    anew(title) {
      clear()
      stdout.write(isTerminal ? `\u001b[H\u001b[2J${title}\n\n` : `${title}\n\n`)
    },
    say(line) {
      clear()
      stderr.write(`${printable(line)}\n`)
    },
    progress(done, of, what) {
      if (stderr.isTTY !== true) return
      clear()
      if (done >= of) return
      progressing = true
      const filled = Math.floor((done / of) * barLength)
      stderr.write(`${'#'.repeat(filled)}${'.'.repeat(barLength - filled)} ${done}/${of} ${what}`)
    },
    async confirm(question, yes) {
      if (yes) return
      if (stdin.isTTY !== true) {
        throw new CommandError(exitCode.usage, `${question} stdin is not a terminal; pass --yes`)
      }
      clear()
      const reader = createInterface({ input: stdin, output: stderr })
      // Ctrl-C and Ctrl-D answer too, and would otherwise leave the question open.
      const over = new AbortController()
      reader.once('SIGINT', () => over.abort()).once('close', () => over.abort())
      try {
        const asked = reader.question(`${printable(question)} [y/N] `, { signal: over.signal })
        const answer = await asked.catch(() => '')
        if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(exitCode.failed, 'nothing was done')
      } finally {
        reader.close()
      }
    },
  }
}

const barLength = 24

// Answers are plain data; what is left are counts from outside that may be too large for a number.
function plain(member: unknown): unknown {
  return typeof member === 'bigint' ? String(member) : member
}
