import { deepStrictEqual } from 'node:assert/strict'
import { type Cost, startClock } from './clock.ts'
import type { Peer } from './job-peers.ts'

/**
 * Has a worker do `count` of the jobs that wait: the cost of each, from the first that is handled to the last that is completed.
 * The first must carry what was enqueued: a worker that lost something on the way would be fast for nothing.
 */
export async function workThrough<Value>(
  peer: Peer<Value>,
  count: number,
  sample: Value,
  concurrency = 50,
): Promise<Cost> {
  let stop: ReturnType<typeof startClock> | undefined
  let first: Value | undefined
  let completed = 0
  let finish = (_cost: Cost) => {}
  const finished = new Promise<Cost>((resolve) => {
    finish = resolve
  })
  const worker = peer.work({
    concurrency,
    handled(value) {
      stop ??= startClock()
      first ??= value
    },
    completed() {
      completed += 1
      if (completed === count && stop) finish(stop(count))
    },
  })
  const cost = await finished
  await worker.close()
  deepStrictEqual(first, sample)
  return cost
}
