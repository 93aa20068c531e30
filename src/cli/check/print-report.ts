import type { Checked, CheckReport, Finding, Verdict } from '../../compatibility/finding.ts'
import { printableLine } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'
import type { Terminal } from '../terminal/terminal.ts'

const words: Readonly<Record<Verdict, string>> = {
  safe: 'safe',
  'needs-version': 'needs a version and an upcaster',
  breaking: 'breaking',
}

/** What was found, model by model and job by job, and what to do. */
export function printReport(terminal: Terminal, report: CheckReport, at: { path: string; update: boolean }): void {
  for (const checked of report.checked) printChecked(terminal, checked)
  terminal.print(conclusion(report, at))
}

function printChecked({ print, style }: Terminal, { kind, name, version, verdict, findings }: Checked): void {
  const paint = verdict === 'safe' ? style.green : verdict === 'breaking' ? style.red : style.yellow
  const what = version === undefined ? name : `${name}@${version}`
  print(`${kind} ${style.bold(printableLine(what))}: ${paint(words[verdict])}`)
  for (const [index, finding] of findings.entries()) {
    print(`  ${describe(finding, style)}`)
    const { remedy } = finding
    // Said once of those that it mends together.
    if (remedy !== undefined && remedy !== findings[index + 1]?.remedy) print(`    → ${printableLine(remedy)}`)
  }
}

function describe({ verdict, version, part, path, text }: Finding, style: Style): string {
  const where = [part, path].filter((word) => word !== undefined).join(' ')
  const of = version === undefined ? '' : `@${version} `
  const line = printableLine(`${of}${where === '' ? '' : `${where}: `}${text}`)
  return verdict === 'note' || verdict === 'safe' ? style.dim(line) : line
}

function conclusion(
  { safe, upToDate, checked }: CheckReport,
  { path, update }: { path: string; update: boolean },
): string {
  const count = checked.filter(({ verdict }) => verdict !== 'safe').length
  if (!safe) {
    const them = `${count} of ${checked.length} would not read what was released`
    return update ? `${them}: ${path} was left as it was` : them
  }
  if (update) return `${path} says what is released now: commit it`
  return upToDate
    ? 'all that was released is read'
    : `all that was released is read; ${path} does not know this build yet: brine check --update`
}
