import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { Terminal } from '../terminal/terminal.ts'

export interface SuperviseOptions {
  /** The program of each process, and its arguments. */
  program: string
  args: readonly string[]
  processes: number
  terminal: Terminal
  /** Told what the processes send, by their numbers from 1; undefined when one begins, or has ended. */
  onMessage: (number: number, message: unknown) => void
}

const signals = ['SIGINT', 'SIGTERM'] as const
const shortestPauseMs = 500
const longestPauseMs = 30_000
// One that ran for so long was well.
const healthyMs = 10_000
/** So many processes that end before they were well, one after the other, are no bad luck. */
const mostFailures = 5

/**
 * Keeps so many processes running: one that ends by itself is started again, after a pause that grows while they keep ending
 * early. Signals are passed on, once each, and then it waits for all to end. Gives the signal that it was told to
 * end by; undefined when it gave up, after five early ends in a row.
 */
export async function supervise({
  program,
  args,
  processes,
  terminal,
  onMessage,
}: SuperviseOptions): Promise<NodeJS.Signals | undefined> {
  const children = new Set<ChildProcess>()
  let ending: NodeJS.Signals | undefined
  let failures = 0
  let gaveUp = false
  const over = new AbortController()
  const end = (signal: NodeJS.Signals) => {
    ending ??= signal
    over.abort()
    for (const child of children) child.kill(signal)
  }
  for (const signal of signals) process.on(signal, end)

  /** One process after the other, until it is over. */
  async function keep(number: number): Promise<void> {
    while (!ending) {
      const startedAt = Date.now()
      const how = await run(number)
      if (ending) return
      failures = Date.now() - startedAt < healthyMs ? failures + 1 : 0
      if (failures >= mostFailures) {
        terminal.say(`process ${number} ended (${how}), as did those before it: giving up; mend what they print`)
        gaveUp = true
        return end('SIGTERM')
      }
      const pauseMs = failures === 0 ? 0 : Math.min(shortestPauseMs * 2 ** (failures - 1), longestPauseMs)
      terminal.say(`process ${number} ended (${how}); another starts${pauseMs > 0 ? ` in ${pauseMs} ms` : ''}`)
      // It keeps this process up: between the end of all the others and their next beginning nothing else does.
      await pause(pauseMs, undefined, { signal: over.signal }).catch(() => {})
    }
  }

  /** Resolves with how it ended. */
  function run(number: number): Promise<string> {
    return new Promise((resolve) => {
      // In a group of its own, since a terminal tells Ctrl-C to all of a group, and it would hear of it twice.
      const child = fork(program, [...args], { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      children.add(child)
      onMessage(number, undefined)
      child.on('message', (message) => onMessage(number, message))
      const ended = (how: string) => {
        children.delete(child)
        onMessage(number, undefined)
        resolve(how)
      }
      child.once('error', (error) => ended(error.message))
      child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`))
    })
  }

  await Promise.all(Array.from({ length: processes }, (_, index) => keep(index + 1)))
  for (const signal of signals) process.off(signal, end)
  return gaveUp ? undefined : ending
}
