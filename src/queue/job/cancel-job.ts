import { ErrorCode } from 'bullmq'
import type { ContractJob } from '../../contract/contract.ts'
import { type CancelledBelow, type CancelSources, cancelDescendants } from './cancel-descendants.ts'
import type { Cancelled, CancelOptions } from './cancelled.ts'
import { markCancelled } from './mark-cancelled.ts'
import { bondOfPayload, readPayload } from './stored-payload.ts'

/** Cancels the job of an id and the jobs below it, wherever they are. May be run twice. */
export async function cancelJob(
  sources: CancelSources,
  job: ContractJob,
  id: string,
  reason: string,
  { leaveRunning = false }: CancelOptions = {},
): Promise<Cancelled> {
  const { backend, connection, codec } = sources
  const { name, version } = job
  const key = backend.toKey(id)
  const text = codec.sealed ? await readPayload({ ...sources, queue: backend }, id) : undefined
  const bond = bondOfPayload(text, job, codec, id)
  // First of all, since a job that is marked adds no children: see worker/heed-cancel.ts.
  const found = await markCancelled(connection.client, { key, id, name, version, bond, codec }, reason)
  // One in quarantine has had its worker; it would run only when somebody replays it.
  const isKept = found === 'missing' && (await backend.readQuarantined(id)) !== undefined
  if (found === 'missing' || found === 'ended') return { state: isKept ? 'ended' : found, ...nothing }
  const below = leaveRunning ? undefined : await cancelDescendants(sources, key, reason)
  const { stopping, notStopped } = below ?? nothing
  const isRemoved = await removeWaiting(sources, id, found === 'active' ? 'children' : 'with itself', below)
  return { state: isRemoved ? 'removed' : 'requested', stopping, notStopped }
}

const nothing = { stopping: [], notStopped: [] }

/**
 * Removes the jobs below a job that no worker holds, and `with itself` the job, unless a worker has taken it meanwhile, which then
 * sees its mark. Says whether the job is gone.
 */
export async function removeWaiting(
  { backend }: CancelSources,
  id: string,
  what: 'children' | 'with itself',
  below?: CancelledBelow,
): Promise<boolean> {
  // BullMQ's script breaks off at a child that Redis refuses: the others have their marks, and fail when they are taken.
  const mayBreakOff = below?.notStopped.some(({ reason }) => reason === 'unreachable') ?? false
  try {
    return await backend.removeWaiting(id, {
      itself: what === 'with itself',
      holders: below?.holders ?? [],
      mayBreakOff,
    })
  } catch (error) {
    if (codeOf(error) === ErrorCode.JobBelongsToJobScheduler) return false
    throw error
  }
}

/** What BullMQ's scripts answer that refuse: see ErrorCode. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}
