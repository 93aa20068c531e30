import type { JobSink } from '../queue/bullmq-memory.ts'

/** For a job that nobody works on. */
export const nowhere: JobSink = {
  progress() {},
  log: () => 0,
  retry() {},
  again() {},
  complete() {},
  fail() {},
}
