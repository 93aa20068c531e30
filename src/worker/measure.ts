import type { UntypedHandler } from './run-job.ts'
import type { Measured } from './worker-event.ts'

type Opening = { value: unknown } | Promise<{ value: unknown }>

/** Opens a payload, and notes what that took. */
export function measureOpening(measured: Measured, open: () => Opening): Opening {
  const since = performance.now()
  const note = () => {
    measured.decodeMs = performance.now() - since
  }
  const opening = open()
  if (opening instanceof Promise) return opening.finally(note)
  note()
  return opening
}

/** A handler that notes what it took, however it ends. */
export function measureRun(
  measured: Measured,
  handler: UntypedHandler,
): (...given: Parameters<UntypedHandler>) => unknown {
  return async (...given) => {
    const since = performance.now()
    try {
      return await handler(...given)
    } finally {
      measured.runMs = performance.now() - since
    }
  }
}
