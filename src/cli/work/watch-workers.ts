import { subscribe } from 'node:diagnostics_channel'
import { workersChannel } from '../../queue/worker/announce-worker.ts'
import type { QueueWorker } from '../../queue/worker/worker.ts'
import type { WorkerHealth } from '../../queue/worker/worker-health.ts'

/** How the workers are that this process makes from now on. */
export function watchWorkers(): () => WorkerHealth[] {
  const workers: Pick<QueueWorker, 'health'>[] = []
  subscribe(workersChannel, (worker) => {
    workers.push(worker as QueueWorker)
  })
  return () => workers.map((worker) => worker.health())
}
