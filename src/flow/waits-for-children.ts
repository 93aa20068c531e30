import { ErrorCode, WaitingChildrenError, WaitingError } from 'bullmq'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { QueueContract } from '../contract/contract.ts'
import { failedChild } from './failed-child.ts'

/**
 * Thrown by `children.wait()` to end the handler, whose job then waits for its children. It is no failure: nobody who waits
 * for the job hears of it. Middlewares see it pass, and let it.
 */
export class WaitsForChildren extends Error {
  override readonly name = 'WaitsForChildren'

  constructor() {
    super('the handler ends here, and runs again when the children have ended: let this pass')
  }
}

/** Lets a job wait for its children, and gives what BullMQ is to be told. Throws JOB_FAILED when one of them fails it. */
export async function waitForChildren(
  job: StoredJob,
  token: string,
  contract: QueueContract,
  report: (error: unknown) => void,
): Promise<WaitingChildrenError | WaitingError> {
  try {
    if (await job.moveToWaitingChildren(token)) return new WaitingChildrenError()
    // They have ended since it asked: it runs again at once.
    await job.moveToWait(token)
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === ErrorCode.JobHasFailedChildren) {
      throw await failedChild(job, contract)
    }
    // Its lock runs out, and the check for stalled jobs puts it back.
    report(error)
  }
  return new WaitingError()
}
