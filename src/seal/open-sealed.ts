import type { Place } from '../codec/envelope.ts'
import { BrineError } from '../errors.ts'
import type { Sealer, Unsealed } from './sealer.ts'

/**
 * Opens a text that may have been sealed under a name that its job had before. Which one it was stands in what is not to be
 * parsed yet, so each is tried; most jobs have one. Throws what `sealer.open` throws, of the job's own name.
 */
export function openSealed(sealer: Sealer, text: string, place: Place): Unsealed {
  const { aliases = [] } = place
  try {
    return sealer.open(text, place)
  } catch (error) {
    if (!(error instanceof BrineError && error.code === 'SEAL_INVALID')) throw error
    for (const job of aliases) {
      try {
        return sealer.open(text, { ...place, job })
      } catch {
        // The next one.
      }
    }
    throw error
  }
}
