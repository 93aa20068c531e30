import type { WorkerHealth } from '../../worker/worker-health.ts'

const everyMs = 1_000
/** A process that has said nothing for so long does nothing else either. */
const silentMs = 15_000

/** Has a process tell the one that looks after it, again and again, how its workers are. */
export function reportHealth(workers: () => WorkerHealth[]): void {
  const report = () => {
    // The other end may be gone: then there is nobody to be told.
    if (process.connected) process.send?.({ health: workers() }, () => {})
  }
  setInterval(report, everyMs).unref()
}

/** What several processes reported. */
export interface ReportedHealth {
  /** Takes a message of a process; undefined when a process begins or has ended. */
  take(number: number, message: unknown): void
  states(): WorkerHealth[]
}

/** Of each process the workers as it reported them; of one that has not, or no longer does, that it is not ready, or stuck. */
export function collectHealth(processes: number): ReportedHealth {
  const reports = new Map<number, { at: number; workers: WorkerHealth[] | undefined }>()
  for (let number = 1; number <= processes; number += 1) reports.set(number, { at: Date.now(), workers: undefined })
  return {
    take(number, message) {
      const workers = (message as { health?: WorkerHealth[] } | undefined)?.health
      if (workers || message === undefined) reports.set(number, { at: Date.now(), workers })
    },
    states: () =>
      [...reports].flatMap(([number, { at, workers }]) => {
        const isSilent = workers !== undefined && Date.now() - at > silentMs
        if (workers && workers.length > 0 && !isSilent) return workers
        return [{ ...unready, queue: `(process ${number})`, isStuck: isSilent }]
      }),
  }
}

const unready = { isConnected: false, isPaused: false, isClosing: false, running: 0, clockAheadMs: undefined }
