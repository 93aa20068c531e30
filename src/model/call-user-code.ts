import { BrineError } from '../errors.ts'
import { root } from '../path.ts'

/** Runs code that a model brought along. Whatever it throws is its author's to mend, so it is named and kept as the cause. */
export function ownCode<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof BrineError && cause.path !== undefined) throw cause
    throw new BrineError('MODEL_THREW', `the model's ${name} threw: see the cause`, { path: root, cause })
  }
}
