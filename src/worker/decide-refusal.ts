import { BrineError, mayRetry } from '../errors.ts'

/** What becomes of a job whose handler has not begun. */
export type Decision = 'postpone' | 'quarantine' | 'fail'

/** How a job stands to contracts that are newer than the worker's. */
export interface Skew {
  /** Whether a worker of a newer contract may be able to run it. */
  readonly newer: boolean
  /** Whether it has been put off for as long as it may be. */
  readonly isOver: boolean
}

/**
 * What becomes of a job that a worker took and cannot run: the one place that decides it.
 *
 * `postpone` for what a newer worker can run, so that one takes it: for a set time. `quarantine` for whatever its bytes, its
 * name, or the code and keys of today make impossible: another build may be able to, and until then it is in nobody's way.
 * `fail` for what says nothing about the job (a Redis that was away, which the attempts are for), and for a job of which nothing
 * is left that could be kept.
 */
export function decideRefusal(error: unknown, skew?: Skew): Decision {
  if (!(error instanceof BrineError) || mayRetry(error)) return 'fail'
  if (error.code === 'JOB_REMOVED') return 'fail'
  return skew?.newer && !skew.isOver ? 'postpone' : 'quarantine'
}
