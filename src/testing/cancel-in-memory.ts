import type { QueueContract } from '../contract/contract.ts'
import { cancellation } from '../job/cancellation.ts'
import type { Cancelled, CancelledChild, CancelOptions, UnstoppedChild } from '../job/cancelled.ts'
import { codecOf } from '../job/contract-codec.ts'
import { bondIn, type MemoryJob } from './memory-job.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { MemoryChild } from './parent-link.ts'

interface Kept {
  queue: MemoryQueue
  contract: QueueContract
  job: MemoryJob
}

/** Cancels a job in memory and the jobs below it, as in Redis: see cancel-job.ts. */
export function cancelInMemory(kept: Kept, reason: string, { leaveRunning = false }: CancelOptions): Cancelled {
  const stopping: CancelledChild[] = []
  const notStopped: UnstoppedChild[] = []
  if (kept.job.endedAt !== undefined) return { state: 'ended', stopping, notStopped }
  const { state } = kept.job
  if (state === 'active') stop(kept, reason)
  for (const child of below(kept.job, leaveRunning ? isYetToBegin : () => true)) {
    const { contract, job, queue } = child
    const told = { prefix: contract.prefix ?? 'bull', queue: contract.name, name: job.job.name, id: job.id }
    const isKept = queue.get(job.id) === job
    if (child.ended?.state === 'completed') notStopped.push({ ...told, reason: 'completed' })
    else if (!isKept && child.ended === undefined && queue.quarantined.includes(job.id)) {
      notStopped.push({ ...told, reason: 'quarantined' })
    } else if (isKept && job.state === 'active') {
      stop(child, reason)
      stopping.push(told)
    } else if (isKept && job.endedAt === undefined) remove(child, reason)
  }
  if (state !== 'active') remove(kept, reason)
  return { state: state === 'active' ? 'requested' : 'removed', stopping, notStopped }
}

/** The jobs below a job, those at the bottom first. */
function below({ children }: MemoryJob, among: (child: MemoryChild) => boolean): MemoryChild[] {
  return children.filter(among).flatMap((child) => [...below(child.job, among), child])
}

function isYetToBegin({ queue, job, ended }: MemoryChild): boolean {
  return ended === undefined && queue.get(job.id) === job && job.state !== 'active'
}

function stop({ queue, job }: Kept, reason: string): void {
  job.steps.clear()
  queue.stop(job.id, cancellation(job.job.name, reason))
}

function remove({ queue, contract, job }: Kept, reason: string): void {
  const { name, version } = job.job
  const error = cancellation(name, reason)
  const codec = codecOf(contract)
  const encoded = codec.encode(error, { kind: 'error', job: name, version, id: job.id, bond: bondIn(job, codec) })
  queue.remove(job, { state: 'failed', reason: error.message, encoded })
}
