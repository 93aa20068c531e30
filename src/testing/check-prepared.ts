import { checkAsBullMQ, type JobSink, jobInMemory } from '../bullmq/in-memory-job.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { Prepared } from '../enqueue/prepare.ts'

/** What BullMQ itself would refuse of a job that is about to be added. Throws OPTIONS_INVALID. */
export function checkPrepared(contract: QueueContract, { job, text, options }: Prepared): void {
  const { name } = job
  const held = { ...{ id: options.jobId, name, text, options }, timestamp: 0, attemptsMade: 0, attemptsStarted: 0 }
  checkAsBullMQ(jobInMemory(contract, held, nowhere))
}

// For a job that nobody works on.
const nowhere: JobSink = {
  progress() {},
  log: () => 0,
  retry() {},
  again() {},
  waitForChildren: () => false,
  complete() {},
  fail() {},
}
