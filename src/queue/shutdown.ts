import { constants } from 'node:os'

type EndingSignal = 'SIGTERM' | 'SIGINT'

const signals: readonly EndingSignal[] = ['SIGTERM', 'SIGINT']
const open = new Set<() => Promise<void>>()
let ending = false

/**
 * Lets SIGTERM and SIGINT close a worker gracefully, and gives what takes that back. All workers of a process share one
 * pair of listeners, which goes with the last of them.
 *
 * When they have closed, the process exits with 128 + the signal's number (143, 130), and a second signal ends it at once;
 * unless the program listens to the signal too: then ending the process is left to it.
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  if (open.size === 0) for (const signal of signals) process.on(signal, onSignal)
  open.add(close)
  return () => {
    if (!open.delete(close) || open.size > 0) return
    ending = false
    for (const signal of signals) process.off(signal, onSignal)
  }
}

function onSignal(signal: EndingSignal): void {
  const ours = process.listenerCount(signal) === 1
  const exit = () => process.exit(128 + constants.signals[signal])
  if (ending && ours) exit()
  if (ending) return
  ending = true
  void Promise.allSettled([...open].map((close) => close())).then(() => {
    if (ours) exit()
  })
}
