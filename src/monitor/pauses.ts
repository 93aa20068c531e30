import { setImmediate as nextTurn } from 'node:timers/promises'

const sliceMs = 20

/** Makes a function that lets the process do other work once a slice of time has passed since the last pause. */
export function createPauses(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < sliceMs) return
    await nextTurn()
    since = performance.now()
  }
}
