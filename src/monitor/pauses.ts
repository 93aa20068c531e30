import { setImmediate as nextTurn } from 'node:timers/promises'

const sliceMs = 20

/** Lets the process do its other work, whenever a slice of time has been used since the last pause. */
export function createPauses(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < sliceMs) return
    await nextTurn()
    since = performance.now()
  }
}
