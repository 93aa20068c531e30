import { subscribe } from 'node:diagnostics_channel'
import { workersChannel } from '../../worker/announce-worker.ts'
import type { QueueWorker } from '../../worker/queue-worker.ts'
import type { WorkerHealth } from '../../worker/worker-health.ts'

/** How the workers are that this process makes from now on. */
export function watchWorkers(): () => WorkerHealth[] {
  const workers: Pick<QueueWorker, 'health'>[] = []
  subscribe(workersChannel, (worker) => {
    workers.push(worker as QueueWorker)
  })
  return () => workers.map((worker) => worker.health())
}
