import { checkLive } from '../../compatibility/live/check-live.ts'
import type { LiveReport } from '../../compatibility/live/live-report.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** `brine check --live`: whether this build would run what is in Redis now. It changes nothing. */
export async function runCheckLive(
  session: Session,
  { queue, sample }: { queue?: string | undefined; sample?: number | undefined },
): Promise<ExitCode> {
  const { terminal, json } = session
  const { queues } = await session.config()
  const contracts = queue === undefined ? queues : [await session.contract(queue)]
  const report = await checkLive(contracts, {
    connection: await session.connect(),
    prefixOf: await session.prefixOf(),
    sample,
    progress: (done, of) => terminal.progress(done, of, 'jobs'),
  })
  if (json) terminal.json(report)
  else print(terminal, report)
  return report.safe ? exitCode.done : exitCode.failed
}

function print(terminal: Terminal, { safe, examined, wouldFail, sampled, queues }: LiveReport): void {
  terminal.table(
    ['queue', 'where', 'jobs', 'examined', 'would fail'],
    queues.flatMap(({ queue, places }) =>
      Object.entries(places).map(([place, one]) => [queue, place, one.jobs, one.examined, one.wouldFail]),
    ),
  )
  const groups = queues.flatMap(({ queue, groups: all }) => all.map((group) => ({ queue, ...group })))
  if (groups.length > 0) {
    terminal.print()
    terminal.table(
      ['queue', 'jobs', 'code', 'job', 'version', 'path', { title: 'would fail with', most: 70 }, 'such as'],
      groups.map(({ queue, count, code, job, version, path, reason, ids }) => {
        return [queue, count, code, job, version, path, reason, ids.slice(0, 3).join(' ')]
      }),
    )
  }
  terminal.print()
  const of = sampled ? `${examined} jobs that were drawn` : `${examined} jobs`
  terminal.print(safe ? `this build runs all of ${of}` : `${wouldFail} of ${of} would fail with this build`)
}
