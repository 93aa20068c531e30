import type { QueueContract } from '../contract/contract.ts'
import type { ChildCounts } from '../flow/handler-children.ts'
import type { Ended } from '../job/outcome.ts'
import type { MemoryJob } from './memory-job.ts'
import type { MemoryQueue } from './memory-queue.ts'
import { keyOf } from './queue-group.ts'

/** A child as its parent knows it. */
export interface MemoryChild {
  readonly queue: MemoryQueue
  readonly contract: QueueContract
  readonly job: MemoryJob
  state: keyof ChildCounts | 'removed'
  ended: Ended | undefined
}

/** A job in memory, and the queue that has it. */
export interface Kept {
  readonly queue: MemoryQueue
  readonly job: MemoryJob
}

/** Makes a job the child of another, whose queue it tells of its end by BullMQ's policies. */
export function adopt(parent: Kept, contract: QueueContract, { queue, job }: Kept): void {
  const child: MemoryChild = { queue, contract, job, state: 'unprocessed', ended: undefined }
  parent.job.children.push(child)
  job.tellParent = (ended) => tell(parent, child, ended)
}

/** The children of a job that are still kept, theirs included, those first. */
export function descendants({ children }: MemoryJob): Kept[] {
  const kept = children.filter(({ queue, job }) => queue.get(job.id) === job)
  return kept.flatMap((child) => [...descendants(child.job), child])
}

function tell({ queue, job: parent }: Kept, child: MemoryChild, ended: Ended): void {
  if (queue.get(parent.id) !== parent) return
  const { failParentOnFailure, continueParentOnFailure, ...policy } = child.job.options
  child.ended = ended
  if (ended.state === 'completed') child.state = 'processed'
  else if (ended.state === 'missing' || policy.removeDependencyOnFailure) child.state = 'removed'
  else if (failParentOnFailure) child.state = 'failed'
  else if (continueParentOnFailure || policy.ignoreDependencyOnFailure) child.state = 'ignored'
  if (parent.state !== 'waiting-children') return
  if (child.state === 'failed') {
    // It is told so when it would be taken, without its handler.
    parent.doomed = `child ${keyOf(child.contract)}:${child.job.id} failed`
    queue.release(parent)
  } else if (child.state === 'ignored' && continueParentOnFailure) queue.release(parent)
  else if (countChildren(parent).unprocessed === 0) queue.release(parent)
}

export function countChildren({ children }: MemoryJob): ChildCounts {
  const count = (state: keyof ChildCounts) => children.filter((child) => child.state === state).length
  return {
    unprocessed: count('unprocessed'),
    processed: count('processed'),
    ignored: count('ignored'),
    failed: count('failed'),
  }
}
