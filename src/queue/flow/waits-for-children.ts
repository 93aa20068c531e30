import { WaitingChildrenError, WaitingError } from 'bullmq'
import { BrineError } from '../../errors.ts'
import type { StoredJob } from '../bullmq/stored-backend.ts'

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

// BullMQ's code of a job of which a child with failParentOnFailure has failed.
const hasFailedChildren = -9

/** Lets a job wait for its children, and gives what BullMQ is to be told. Throws JOB_FAILED when one of them fails it. */
export async function waitForChildren(
  job: StoredJob,
  token: string,
  report: (error: unknown) => void,
): Promise<WaitingChildrenError | WaitingError> {
  try {
    if (await job.moveToWaitingChildren(token)) return new WaitingChildrenError()
    // They have ended since it asked: it runs again at once.
    await job.moveToWait(token)
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === hasFailedChildren) {
      throw new BrineError('JOB_FAILED', 'a child failed that has failParentOnFailure', { job: job.name, cause: error })
    }
    // Its lock runs out, and the check for stalled jobs puts it back.
    report(error)
  }
  return new WaitingError()
}
