import { types } from 'node:util'
import { BrineError } from '../errors.ts'
import { root } from '../path.ts'
import type { Upcaster } from './upcast-steps.ts'

/** What has a version, and steps up to it: a model, or a job of a contract. */
export interface Upcastable {
  readonly version: number
  readonly upcast: ReadonlyMap<number, Upcaster>
}

/**
 * Raises what a text of `version` held to what the version of today takes: the one step between decoding and validating, of
 * models' fields and of jobs' payloads. A step may change what it is given, and may hold instances of other models, which are
 * of today's version already.
 *
 * Throws UPCAST_FAILED, with the path from what was raised on.
 */
export function upcast({ version: today, upcast: steps }: Upcastable, stored: unknown, version: number): unknown {
  let raised = stored
  for (let from = version; from < today; from += 1) {
    const step = steps.get(from)
    if (step !== undefined) raised = run(step, raised, from)
  }
  return raised
}

function run(step: Upcaster, stored: unknown, from: number): unknown {
  let raised: unknown
  try {
    raised = step(stored)
  } catch (cause) {
    throw new BrineError('UPCAST_FAILED', `the upcaster from version ${from} to ${from + 1} threw: see the cause`, {
      path: root,
      cause,
    })
  }
  if (!types.isPromise(raised)) return raised
  // Nobody else will look at it.
  raised.catch(() => {})
  throw new BrineError(
    'UPCAST_FAILED',
    `the upcaster from version ${from} to ${from + 1} gave a promise: make it synchronous`,
    {
      path: root,
    },
  )
}
