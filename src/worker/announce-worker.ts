import { channel } from 'node:diagnostics_channel'
import type { QueueWorker } from './queue-worker.ts'

/**
 * Where each worker of the process is told when it is made. A channel of Node's, since the command line and the modules that it
 * runs may each have a copy of this package.
 */
export const workersChannel = 'brinemq:worker'

const workers = channel(workersChannel)

/** Gives the worker on, once whoever runs this process knows of it. Costs nothing where nobody wants to know. */
export function announceWorker(worker: QueueWorker): QueueWorker {
  if (workers.hasSubscribers) workers.publish(worker)
  return worker
}
