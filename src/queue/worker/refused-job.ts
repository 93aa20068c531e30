import type { BrineError } from '../../errors.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { Tell } from './tell.ts'

/** A job that a worker took and could not run, so that no handler and no middleware has heard of it. */
export interface RefusedJob {
  readonly queue: string
  readonly id: string
  /** As it is stored: anybody's word, and not always a job of the contract. */
  readonly storedName: string
  /** The code is why. */
  readonly refusal: BrineError
  /**
   * `postponed`: a newer worker is to take it (see docs/evolution.md). `quarantined`: it is kept for people to look at
   * (docs/quarantine.md).
   */
  readonly became: 'postponed' | 'quarantined'
  /** Of a postponed job: for how many milliseconds, and how often by now. */
  readonly forMs?: number
  readonly times?: number
}

/** What a middleware may have beside being one: it is told of jobs that are refused before any handler begins. */
export interface ToldOfRefused {
  refused(job: RefusedJob): void
}

export type TellRefused = (
  job: StoredJob,
  refusal: BrineError,
  end: Pick<RefusedJob, 'became' | 'forMs' | 'times'>,
) => void

/** Tells those middlewares that want to know. What one of them throws is reported. */
export function tellRefused(
  queue: string,
  use: readonly Partial<ToldOfRefused>[],
  report: (error: unknown) => void,
  tell?: Tell,
): TellRefused {
  const told = use.filter(({ refused }) => typeof refused === 'function')
  return (job, refusal, end) => {
    const { became: type, forMs, times } = end
    tell?.away(job, { type, error: refusal, forMs, times, why: type === 'postponed' ? 'newer' : undefined })
    for (const one of told) {
      try {
        one.refused?.({
          queue,
          id: String(job.id),
          storedName: String(job.name).slice(0, longestName),
          refusal,
          ...end,
        })
      } catch (error) {
        report(error)
      }
    }
  }
}

const longestName = 100
