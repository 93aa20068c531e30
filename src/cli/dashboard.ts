import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Command } from 'commander'
import type { DashboardLine } from '../dashboard/dashboard-log.ts'
import { CommandError } from './command-error.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'
import { parsePort } from './terminal/port.ts'
import { printableLine } from './terminal/printable.ts'

interface Options {
  prefix?: string
  port: number
  host: string
  readOnly?: boolean
  reveal?: boolean
  open?: boolean
}

/** `brine dashboard`: the dashboard, served until Ctrl-C. */
export function addDashboard(program: Command): void {
  program
    .command('dashboard')
    .description('serve the dashboard until Ctrl-C; BRINE_DASHBOARD_PASSWORD is asked for where it is set')
    .option('-p, --port <number>', 'the port; 0 for one that is free', parsePort, 3737)
    .option('--host <address>', 'the address; any but this machine needs BRINE_DASHBOARD_PASSWORD', '127.0.0.1')
    .option('--read-only', 'show everything, and let nobody change anything')
    .option('--reveal', 'let sensitive fields be shown, one job at a time, with a line in the log for each')
    .option('--open', 'open it in the browser')
    .action(
      inSession<Options>(
        async (session, { port, host, readOnly = false, reveal = false, open = false, prefix: given }) => {
          const { terminal, json } = session
          const { queues, prefix } = await session.config()
          const { client } = await session.connect()
          const { serveDashboard } = await import('../dashboard/index.ts').catch(missing)
          const served = await serveDashboard({
            ...{ queues, connection: client, prefix: given ?? prefix, host, port, reveal },
            role: readOnly ? 'view' : 'operate',
            log: { info: (line) => (json ? terminal.jsonLine(line) : terminal.say(told(line))) },
          })
          session.onEnd(() => served.close())
          const signal = session.interruption()
          if (json) terminal.jsonLine({ url: served.url })
          else terminal.print(`the dashboard is at ${served.url}; Ctrl-C ends it`)
          if (open) openBrowser(served.url, (remark) => terminal.say(remark))
          if (!signal.aborted) await once(signal, 'abort')
          return undefined
        },
      ),
    )
}

function told({ at, who, what, queue, id, action, status, reason }: DashboardLine): string {
  const parts = [at.toISOString(), who, what, action, queue, id, status, reason]
  return printableLine(parts.filter((part) => part !== undefined && part !== '').join(' '))
}

function missing(error: unknown): never {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (code !== 'ERR_MODULE_NOT_FOUND') throw error
  const packages = '@bull-board/api @bull-board/hono @bull-board/ui hono @hono/node-server'
  throw new CommandError(exitCode.usage, `the dashboard needs packages that are not here: npm install ${packages}`, {
    cause: error,
  })
}

function openBrowser(url: string, say: (remark: string) => void): void {
  const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
    darwin: ['open', url],
    win32: ['cmd', '/c', 'start', '', url],
  }
  const [command, ...args] = commands[process.platform] ?? ['xdg-open', url]
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => say(`no browser could be opened: open ${url} yourself`))
    .unref()
}
