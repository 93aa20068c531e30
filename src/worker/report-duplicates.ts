import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { isError } from '../realm/is-error.ts'
import { describeCopyOf } from '../realm/second-copy.ts'

const deepestCause = 10

/**
 * Reports, once for each class, that what a handler threw is of another copy of a registered class: its module was loaded twice, and the
 * error arrives without its class.
 */
export function createTellCopies({ models }: QueueContract, report: (error: unknown) => void) {
  const told = new WeakSet<object>()

  function tell(error: object, job: string): void {
    const prototype: object | null = Object.getPrototypeOf(error)
    if (prototype === null || told.has(prototype)) return
    // A class with a model of its own is no copy.
    if (models.some((model) => model.class.prototype === prototype)) return
    told.add(prototype)
    for (const model of models) {
      const copy = describeCopyOf(error, model.class)
      if (copy === undefined) continue
      report(new BrineError('UNREGISTERED_CLASS', `${copy}; its errors arrive without their class`, { job }))
      return
    }
  }

  return (thrown: unknown, job: string): void => {
    try {
      let at = thrown
      for (let depth = 0; depth < deepestCause && isError(at); depth += 1) {
        tell(at, job)
        at = Object.getOwnPropertyDescriptor(at, 'cause')?.value
      }
    } catch {
      // A proxy threw when it was looked at.
    }
  }
}
