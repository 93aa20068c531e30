import { notableMs } from '../../connection/redis-clock.ts'
import type { Announcer } from '../../rollout/announcements.ts'
import { formatAgo, formatDuration } from '../terminal/duration.ts'
import type { Cell } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { minutes, type QueueStatus } from './read-status.ts'

const mostGroups = 10

/** The tables of `brine status`. */
export function printStatus({ table, print }: Terminal, all: readonly QueueStatus[]): void {
  table(
    ['queue', 'waiting', 'prio', 'delayed', 'children', 'active', 'completed', 'failed', 'quarantined', 'workers'],
    all.map(({ queue, paused, counts, workers }) => [
      paused ? `${queue} (paused)` : queue,
      ...[counts.waiting, counts.prioritized, counts.delayed, counts['waiting-children'], counts.active],
      ...[counts.completed, counts.failed, counts.quarantined, workers],
    ]),
  )
  print()
  table(
    ['queue', 'oldest waits', 'waited p50', 'p95', 'p99', 'ran p50', 'p95', 'p99', `ended in ${minutes} m`],
    all.map(({ queue, oldest, times: { waitMs, runMs }, throughput }): Cell[] => [
      queue,
      ...[oldest && Date.now() - oldest.since.getTime(), waitMs?.median, waitMs?.p95, waitMs?.p99].map(formatDuration),
      ...[runMs?.median, runMs?.p95, runMs?.p99].map(formatDuration),
      throughput.completed + throughput.failed,
    ]),
  )
  const contracts = all.flatMap(({ queue, contracts: running }) => running.map((one) => ({ queue, ...one })))
  if (contracts.length > 0) {
    print()
    table(
      ['queue', 'contract', 'workers', 'brinemq', { title: 'jobs', most: 50 }, { title: 'lags behind in', most: 50 }],
      contracts.map(({ queue, id, workers, knows, lacks }): Cell[] => [
        ...[queue, id.slice(0, 8), workers.length, versionsOf(workers)],
        Object.entries(knows.jobs)
          .map(([name, { version }]) => `${name}@${version}`)
          .join(', '),
        lacks.join(', ') || 'nothing',
      ]),
    )
  }
  const off = contracts.flatMap(({ queue, workers }) => workers.map((worker) => ({ queue, worker }))).filter(isOff)
  if (off.length > 0) {
    print()
    table(
      ['queue', 'worker', 'host', { title: 'clock', most: 50 }],
      off.map(({ queue, worker: { name, id, host, clockAheadMs = 0 } }): Cell[] => {
        const by = formatDuration(Math.round(Math.abs(clockAheadMs) / 1_000) * 1_000)
        return [queue, name ?? id, host, `${by} ${clockAheadMs > 0 ? 'ahead of' : 'behind'} that of Redis`]
      }),
    )
  }
  const failures = all.flatMap(({ queue, failures }) => failures.map((group) => ({ queue, ...group })))
  if (failures.length === 0) return
  print()
  table(
    ['queue', 'failed', 'job', 'error', { title: 'message', most: 70 }, 'last', 'such as'],
    failures.slice(0, mostGroups).map(({ queue, count, job, kind, code, message, lastAt, ids }): Cell[] => {
      return [queue, count, job, code ?? kind, message, formatAgo(lastAt), ids[0]]
    }),
  )
}

function isOff({ worker: { clockAheadMs = 0 } }: { worker: Announcer }): boolean {
  return Math.abs(clockAheadMs) >= notableMs
}

function versionsOf(workers: QueueStatus['contracts'][number]['workers']): string {
  return [...new Set(workers.map(({ brinemq = '?' }) => brinemq))].sort().join(', ')
}

/** The same as `--json` tells it. */
export function describeStatus({ oldest, times, ...status }: QueueStatus): Record<string, unknown> {
  return {
    ...status,
    oldest: oldest ? { ...oldest, waitsMs: Date.now() - oldest.since.getTime() } : null,
    times: { ...times, byJob: Object.fromEntries(times.byJob) },
  }
}
