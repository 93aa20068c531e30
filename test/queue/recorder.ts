import type { WorkerOptions } from 'brinemq'
import { type openProducer, openWorker, type People } from './people.ts'

/** A worker that notes what it handles, in its order. */
export function openRecorder(contract: People, options: Partial<WorkerOptions<People>> = {}) {
  const seen: unknown[] = []
  const worker = openWorker(contract, (payload) => void seen.push(payload), options)
  return { seen, worker }
}

/** Enqueues one after another. */
export async function enqueueAll(
  producer: ReturnType<typeof openProducer>,
  items: [payload: unknown, options?: object][],
) {
  const jobs = []
  for (const [payload, options] of items) jobs.push(await producer.enqueue('anything', payload, options))
  return jobs
}
