import { setTimeout as wait } from 'node:timers/promises'
import { WaitingError } from 'bullmq'
import { countSoloStart, readSoloStarts } from '../bullmq/solo-starts.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { StoredWorker } from '../bullmq/stored-worker.ts'
import type { Connection } from '../connection/connection.ts'
import { BrineError } from '../errors.ts'

/** After so many deaths it may be the job that ends its workers. The first two it shares with whatever ran beside it. */
const deathsInCompany = 2
const lookMs = 20
// A neighbour may wait for this very job, and then the one would wait for the other for ever.
const longestWaitMs = 60_000

export interface AloneOptions {
  /** Made when the connection is there. */
  worker: () => StoredWorker
  connection: Connection
  /** The attempts of the worker that are under way. */
  running: { readonly size: number }
  isClosing: () => boolean
  /** How many workers may die with a job before it goes to quarantine. */
  maxStalledCount: number | undefined
  report: (error: unknown) => void
}

/** What takes turns among the jobs of a process. */
export interface Alone {
  /** Runs a job that was taken, with what it is to be refused with. While another runs alone it is put back, and BullMQ told so. */
  run<T>(job: StoredJob, token: string, run: (refusal?: BrineError) => Promise<T>): Promise<T>
  end(): void
}

/** The workers of this process. */
const neighbours = new Set<Pick<AloneOptions, 'worker' | 'running'>>()
let suspect: StoredJob | undefined

/**
 * A job that ends its process takes with it what runs there, and all of that is taken again together. So a job with which two workers
 * have died runs alone in its process: if it ends that one too, nothing else pays for it.
 */
export function createAlone(options: AloneOptions): Alone {
  const { worker, isClosing, maxStalledCount = Number.POSITIVE_INFINITY, report } = options
  const { client } = options.connection
  neighbours.add(options)
  const keyOf = (job: StoredJob) => worker().toKey(String(job.id))

  /** Of a job of which nothing was begun. */
  async function putBack(job: StoredJob, token: string, then?: () => Promise<void>): Promise<never> {
    await job.moveToWait(token).catch(report)
    await then?.()
    // By it BullMQ is told that it has nothing left to do for the job.
    throw new WaitingError()
  }

  async function runAlone<T>(job: StoredJob, token: string, run: () => Promise<T>): Promise<T> {
    suspect = job
    for (const neighbour of neighbours) neighbour.worker().narrow()
    try {
      const until = performance.now() + longestWaitMs
      while (isAnyRunning() && performance.now() < until && !isClosing()) await wait(lookMs)
      if (isClosing()) return await putBack(job, token)
      await worker().backend.insist(() => countSoloStart(client, keyOf(job)))
      return await run()
    } finally {
      suspect = undefined
      for (const neighbour of neighbours) neighbour.worker().widen()
    }
  }

  /** Of the deaths that a job shared with others, no more than two count: it may merely have been beside the one that caused them. */
  async function refusalOf(job: StoredJob): Promise<BrineError | undefined> {
    const deaths = job.stalledCounter
    if (deaths <= maxStalledCount) return undefined
    const counted =
      deathsInCompany > maxStalledCount ? deaths : deathsInCompany + (await readSoloStarts(client, keyOf(job)))
    return counted > maxStalledCount ? stalled(job, deaths) : undefined
  }

  return {
    async run(job, token, run) {
      const refusal = job.stalledCounter > 0 ? await refusalOf(job) : undefined
      if (refusal) return run(refusal)
      if (!suspect) return job.stalledCounter < deathsInCompany ? run() : runAlone(job, token, run)
      return putBack(job, token, async () => {
        // Its place is held meanwhile: with room for a job, the worker would take this one again.
        while (suspect && !isClosing()) await wait(lookMs)
      })
    },
    end: () => void neighbours.delete(options),
  }
}

function isAnyRunning(): boolean {
  return [...neighbours].some(({ running }) => running.size > 0)
}

function stalled({ name }: StoredJob, deaths: number): BrineError {
  const workers = deaths === 1 ? '1 worker' : `${deaths} workers`
  const remedy = `${workers} died with it, or lost hold of it because it kept them busy; mend its handler, and replay it`
  return new BrineError('JOB_STALLED', remedy, { job: name })
}
