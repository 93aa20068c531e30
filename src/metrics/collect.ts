import type { QueueMonitor } from '../monitor/queue-monitor.ts'
import { states } from '../producer/control.ts'
import type { Gauges } from './instruments.ts'

/** Asks Redis of each queue once for those that look at the same time, and sets the gauges. */
export function createCollector(queues: readonly QueueMonitor[], gauges: () => Gauges): () => Promise<void> {
  let collecting: Promise<void> | undefined

  async function collect(queue: QueueMonitor): Promise<void> {
    const { jobs, oldest, paused, clock, up } = gauges()
    const { name } = queue.contract
    try {
      const [counts, first, isPaused, contracts] = await Promise.all([
        ...([queue.counts(), queue.oldestWaiting(), queue.isPaused(), queue.contracts()] as const),
      ])
      for (const [state, count] of Object.entries(counts)) jobs.set({ queue: name, state }, count)
      oldest.set({ queue: name }, first ? Math.max(0, Date.now() - first.since.getTime()) / 1000 : 0)
      paused.set({ queue: name }, isPaused ? 1 : 0)
      const differences = contracts
        .flatMap(({ workers }) => workers)
        .map(({ clockAheadMs = 0 }) => Math.abs(clockAheadMs))
      clock.set({ queue: name }, Math.max(0, ...differences) / 1000)
      up.set({ queue: name }, 1)
    } catch {
      // What was true before may be so no longer.
      for (const state of [...states, 'quarantined']) jobs.remove({ queue: name, state })
      oldest.remove({ queue: name })
      paused.remove({ queue: name })
      clock.remove({ queue: name })
      up.set({ queue: name }, 0)
    }
  }

  async function collectAll(): Promise<void> {
    await Promise.all(queues.map(collect))
  }

  return () => {
    collecting ??= collectAll().finally(() => {
      collecting = undefined
    })
    return collecting
  }
}
