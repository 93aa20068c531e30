import { BrineError, mayRetry } from '../../errors.ts'

/** What becomes of a job whose handler has not begun. */
export type Decision = 'quarantine' | 'fail'

/**
 * What becomes of a job that a worker took and cannot run: the one place that decides it.
 *
 * `quarantine` for whatever its bytes, its name, or the code and keys of today make impossible: another build may be able to,
 * and until then it is in nobody's way. `fail` for what says nothing about the job (a Redis that was away, which the attempts
 * are for), and for a job of which nothing is left that could be kept.
 */
export function decideRefusal(error: unknown): Decision {
  if (!(error instanceof BrineError) || mayRetry(error)) return 'fail'
  return error.code === 'JOB_REMOVED' ? 'fail' : 'quarantine'
}
