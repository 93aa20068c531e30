import { stepsField } from '../bullmq/job-fields.ts'
import { type CancelSources, cancelDescendants } from '../job/cancel-descendants.ts'
import { cancelJob, removeWaiting } from '../job/cancel-job.ts'
import { reasonOf } from '../job/cancellation.ts'
import { tokenOf } from '../seal/tokens.ts'
import { markOf } from './job-mark.ts'
import type { RunningJob } from './running-job.ts'

/** What a job did that a cancel may not have seen: it added the children of these keys, ended a step, or waits for its children. */
export type Unseen = { did: 'add'; keys: readonly string[] } | { did: 'endStep' } | { did: 'wait' }

/** Looks whether a job was cancelled, and then undoes what it did since. Stops the attempt. Rejects never. */
export type HeedCancel = (attempt: RunningJob, unseen: Unseen) => Promise<void>

/**
 * A cancel marks a job before it looks for its children, and a handler adds its children before it looks for the mark. So one of the two
 * sees the other, and no child outlives the cancel unnoticed.
 */
export function createCancelHandler(sources: CancelSources, report: (error: unknown) => void): HeedCancel {
  async function heed(attempt: RunningJob, unseen: Unseen): Promise<void> {
    const { stored } = attempt
    const { client } = sources.connection
    const id = String(stored.id)
    const key = sources.backend.toKey(id)
    const mark = await markOf({ ...sources, toKey: () => key }, stored)
    if (!mark) return
    attempt.stop(mark)
    const reason = reasonOf(mark)
    if (unseen.did === 'endStep') await client.hdel(key, stepsField)
    else if (unseen.did === 'wait') {
      // No worker holds it any more. The children that ran were the cancel's to stop, or to leave.
      await cancelJob(sources, attempt.entry, id, reason, { leaveRunning: true })
    } else {
      const parent = { key, token: tokenOf(attempt.bond, id) }
      const below = await cancelDescendants(sources, parent, reason, unseen.keys)
      await removeWaiting(sources, id, 'children', below)
    }
  }

  return (attempt, unseen) => heed(attempt, unseen).catch(report)
}
