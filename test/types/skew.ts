// Compiled, never run: the events of attempts that a middleware receives, also of jobs that cannot be read, in both directions.

import { createWorker, defineQueue, type HandledJob, type WorkerEvent } from 'brinemq'
import { z } from 'zod'
import type { AttemptEnd } from '../../src/worker/worker-event.ts'

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

const onEvent = (event: WorkerEvent) => {
  if (event.type === 'error' || event.type === 'connected') return
  const { queue, id, storedName, job, code, why, forMs, times } = event
  const words: (string | undefined)[] = [queue, id, storedName, job, code, why]
  const numbers: (number | undefined)[] = [forMs, times]
  void [words, numbers]
}
createWorker(people, { handlers, use: [Object.assign(through(), { onEvent })] })
createWorker(people, {
  handlers,
  // @ts-expect-error it receives an event
  use: [Object.assign(through(), { onEvent: (job: number) => void job })],
})
// @ts-expect-error no attempt ends so
const decides = ({ type }: WorkerEvent) => type === 'refused'
const writes = (event: AttemptEnd) => {
  // @ts-expect-error events are read-only
  event.type = 'postponed'
}
// @ts-expect-error what the job holds may not have been read
const reads = ({ payload }: AttemptEnd) => payload
void [decides, writes, reads]
