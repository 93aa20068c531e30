import type { Peer } from './job-peers.ts'

/** Has `count` jobs enqueued and done, by a worker that waits for them, from the first enqueue to the last that is completed. */
export async function throughQueue<Value>(peer: Peer<Value>, value: Value, count: number): Promise<void> {
  let completed = 0
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const worker = peer.work({
    concurrency: 50,
    handled: () => {},
    completed() {
      completed += 1
      if (completed === count) finish()
    },
  })
  // So many at once that the connection is busy, and so few that what is encoded does not wait for seconds.
  const atOnce = Math.max(1, Math.min(count, 100, Math.floor(count / 10)))
  for (let sent = 0; sent < count; sent += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, count - sent) }, () => peer.enqueue(value)))
  }
  await finished
  await worker.close()
}
