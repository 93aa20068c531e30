import { ErrorCode } from 'bullmq'
import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { type ContractJob, findJob } from '../contract/contract.ts'
import { tokenOf } from '../seal/tokens.ts'
import { type CancelledBelow, type CancelSources, cancelDescendants } from './cancel-descendants.ts'
import type { Cancelled, CancelOptions } from './cancelled.ts'
import { markCancelled } from './mark-cancelled.ts'
import { bondOfPayload } from './stored-payload.ts'

/** Cancels the job of an id and the jobs below it, wherever they are. May be run twice. */
export async function cancelJob(
  sources: CancelSources,
  job: ContractJob,
  id: string,
  reason: string,
  { leaveRunning = false }: CancelOptions = {},
): Promise<Cancelled> {
  const { backend, connection, codec } = sources
  const key = backend.toKey(id)
  const { name, version, bond } = codec.sealed ? await sealedAs(sources, job, id) : { ...job, bond: undefined }
  // First of all, since a job that is marked adds no children: see worker/heed-cancel.ts.
  const found = await markCancelled(connection.client, { key, id, name, version, bond, codec }, reason)
  // One in quarantine has had its worker; it would run only when somebody replays it.
  const isKept = found === 'missing' && (await backend.readQuarantined(id)) !== undefined
  if (found === 'missing' || found === 'ended') return { state: isKept ? 'ended' : found, ...nothing }
  const below = leaveRunning ? undefined : await cancelDescendants(sources, { key, token: tokenOf(bond, id) }, reason)
  const { stopping, notStopped } = below ?? nothing
  const isRemoved = await removeWaiting(sources, id, found === 'active' ? 'children' : 'with itself', below)
  return { state: isRemoved ? 'removed' : 'requested', stopping, notStopped }
}

/** The caller may know the job by another name, but its worker accepts only a cancel that is sealed for the job's own name. */
async function sealedAs({ contract, backend, connection, codec }: CancelSources, job: ContractJob, id: string) {
  const fields = await readBoundedFields(connection.client, backend.toKey(id), ['name', 'data'], codec.maxTextBytes)
  const [stored, text] = fields.map((field) => field ?? undefined)
  const named = findJob(contract, stored ?? '') ?? job
  return { name: named.name, version: named.version, bond: bondOfPayload(text, named, codec, id) }
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
  try {
    return await backend.removeWaiting(id, {
      itself: what === 'with itself',
      holders: below?.holders ?? [],
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
