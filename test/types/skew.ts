// Compiled, never run: what a worker is told of jobs that it cannot read, in both directions.
import { z } from 'zod'
import { defineQueue } from '../../src/contract/define-queue.ts'
import type { HandledJob } from '../../src/queue/worker/middleware.ts'
import type { RefusedJob } from '../../src/queue/worker/refused-job.ts'
import { createWorker } from '../../src/queue/worker/worker.ts'

const people = defineQueue('people', { jobs: { wave: { payload: z.string() } } })
const handlers = { wave: () => undefined }
const through =
  () =>
  <R>(_job: HandledJob, next: () => Promise<R>) =>
    next()

createWorker(people, { handlers, skewTimeoutMs: 60_000 })
createWorker(people, { handlers, skewTimeoutMs: undefined })
// @ts-expect-error milliseconds are a number
createWorker(people, { handlers, skewTimeoutMs: '1m' })
// @ts-expect-error its unit is in its name
createWorker(people, { handlers, skewTimeout: 60_000 })

const refused = ({ queue, id, storedName, refusal, became, forMs, times }: RefusedJob) => {
  const words: string[] = [queue, id, storedName, refusal.code, became]
  const numbers: (number | undefined)[] = [forMs, times]
  return void [words, numbers]
}
createWorker(people, { handlers, use: [Object.assign(through(), { refused })] })
createWorker(people, {
  handlers,
  // @ts-expect-error it is told of a refused job
  use: [Object.assign(through(), { refused: (job: number) => void job })],
})
// @ts-expect-error by the time it is told, that is decided
const decides = ({ became }: RefusedJob) => became === 'failed'
const writes = (job: RefusedJob) => {
  // @ts-expect-error what it is told is read only
  job.became = 'postponed'
}
// @ts-expect-error what the job holds could not be read
const reads = ({ payload }: RefusedJob) => payload
void [decides, writes, reads]
