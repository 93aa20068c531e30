import type { FailureGroup } from '../../monitor/group-failures.ts'
import type { MonitoredCounts, QueueMonitor } from '../../monitor/queue-monitor.ts'
import type { RunningContract } from '../../monitor/read-contracts.ts'
import type { OldestWaiting } from '../../monitor/read-oldest.ts'
import type { Throughput } from '../../monitor/read-throughput.ts'
import type { Times } from '../../monitor/read-times.ts'

/** What someone on call looks at first. */
export interface QueueStatus {
  readonly queue: string
  readonly paused: boolean
  readonly counts: MonitoredCounts
  readonly oldest: OldestWaiting | undefined
  readonly times: Times
  readonly throughput: Throughput
  readonly workers: number
  /** Which contracts the workers run. */
  readonly contracts: readonly RunningContract[]
  readonly failures: readonly FailureGroup[]
}

/** Over how many minutes throughput is told. */
export const minutes = 5
// Of those that ended last: it is asked again and again.
const sampled = 200

export async function readStatus(monitor: QueueMonitor): Promise<QueueStatus> {
  const [paused, counts, oldest, times, throughput, { workers }, contracts, { groups }] = await Promise.all([
    monitor.isPaused(),
    monitor.counts(),
    monitor.oldestWaiting(),
    monitor.times({ last: sampled }),
    monitor.throughput({ minutes }),
    monitor.workers(),
    monitor.contracts(),
    monitor.failures({ last: sampled }),
  ])
  const { name: queue } = monitor.contract
  return { queue, paused, counts, oldest, times, throughput, workers: workers.length, contracts, failures: groups }
}
