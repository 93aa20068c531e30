import { type BackendFactory, FlowProducer, type FlowProducerOptions, type Job } from 'bullmq'
import type { Connection } from '../connection/connection.ts'
import type { StoredBackend } from './stored-backend.ts'
import { StoredJob } from './stored-job.ts'
import { backendOn } from './stored-queue.ts'

/** BullMQ's adder of flows, whose jobs hold our texts verbatim. */
export class StoredFlow extends FlowProducer<StoredBackend> {
  protected override get Job(): typeof Job {
    return StoredJob as typeof Job
  }
}

/** What adds flows by a connection. */
export function openFlow(connection: Connection, options: Omit<FlowProducerOptions, 'connection'>): StoredFlow {
  return new StoredFlow({ ...options, connection: connection.client }, backendOn(connection))
}

const flows = new WeakMap<StoredBackend, StoredFlow>()

/** What adds children to the jobs that a worker runs, by its own connection; it is closed with the worker. */
export function flowOf(job: StoredJob): StoredFlow {
  const { commands } = job
  const known = flows.get(commands)
  if (known) return known
  const sameBackend: BackendFactory<StoredBackend> = () => commands
  const flow = new StoredFlow({ connection: {}, prefix: job.prefix }, sameBackend)
  flow.on('error', () => {})
  flows.set(commands, flow)
  return flow
}
