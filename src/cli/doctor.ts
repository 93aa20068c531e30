import type { Command } from 'commander'
import { readBullMQVersion } from '../bullmq/tested-versions.ts'
import type { Finding, Level } from '../doctor/finding.ts'
import { judgeBullMQ } from '../doctor/judge-bullmq.ts'
import { isSound, judgeServer } from '../doctor/judge-server.ts'
import { readServer } from '../doctor/read-server.ts'
import { lookForConfig } from './config/find-config.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'
import type { GlobalOptions, Session } from './session.ts'
import { printableLine } from './terminal/printable.ts'
import type { Terminal } from './terminal/terminal.ts'

/** `brine doctor`: whether the Redis is fit to keep jobs, and what to change. It changes nothing. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('whether the Redis keeps jobs and keeps others out, and what to change (docs/security.md)')
    .action(
      inSession<GlobalOptions>(async (session, options) => {
        const connection = await session.connect()
        const facts = await readServer(connection, await prefixesOf(session, options))
        const findings = [...judgeServer(facts), ...judgeBullMQ(readBullMQVersion())]
        const sound = isSound(findings)
        if (session.json) session.terminal.json({ sound, findings })
        else for (const finding of findings) printFinding(session.terminal, finding)
        return sound ? exitCode.done : exitCode.failed
      }),
    )
}

async function prefixesOf(session: Session, { config, prefix: given }: GlobalOptions): Promise<string[]> {
  // A server can be looked at before there is a project.
  if (config === undefined && lookForConfig(process.cwd()) === undefined) return [given ?? 'bull']
  const { queues } = await session.config()
  const prefixes = await Promise.all(queues.map((contract) => session.prefix(contract)))
  return [...new Set(prefixes.map((prefix) => prefix ?? 'bull'))]
}

function printFinding({ print, style }: Terminal, { level, about, what, remedy }: Finding): void {
  const paint: Record<Level, (text: string) => string> = {
    ...{ ok: style.green, unknown: style.dim, warning: style.yellow, error: style.red },
  }
  print(`${paint[level](level.padEnd(7))}  ${about}: ${printableLine(what)}`)
  if (remedy !== undefined) print(`           → ${printableLine(remedy)}`)
}
