import { constants } from 'node:os'

type EndingSignal = 'SIGTERM' | 'SIGINT'

const signals: readonly EndingSignal[] = ['SIGTERM', 'SIGINT']
const open = new Set<() => Promise<void>>()
let endingSince: number | undefined

// npx and npm pass a terminal's Ctrl-C on to a process that the terminal told already. A person takes longer to press twice.
const sameMs = 1_000

/**
 * Lets SIGTERM and SIGINT close a worker gracefully, and gives what takes that back. All workers of a process share one
 * pair of listeners, which goes with the last of them.
 *
 * When they have closed, the process exits with 128 + the signal's number (143, 130), and another signal a second later
 * ends it at once; unless the program listens to the signal too: then ending the process is left to it.
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  if (open.size === 0) for (const signal of signals) process.on(signal, onSignal)
  open.add(close)
  return () => {
    if (!open.delete(close) || open.size > 0) return
    endingSince = undefined
    for (const signal of signals) process.off(signal, onSignal)
  }
}

function onSignal(signal: EndingSignal): void {
  const ours = process.listenerCount(signal) === 1
  const exit = () => process.exit(128 + constants.signals[signal])
  if (endingSince !== undefined) {
    if (ours && Date.now() - endingSince > sameMs) exit()
    return
  }
  endingSince = Date.now()
  void Promise.allSettled([...open].map((close) => close())).then(() => {
    if (ours) exit()
  })
}
