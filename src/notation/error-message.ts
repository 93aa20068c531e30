import { types } from 'node:util'
import type { $ZodTypes } from 'zod/v4/core'
import type { Model } from '../model/model.ts'
import { holdsSensitive, placeOf } from '../model/sensitive.ts'

const longestName = 100

/** The name that an error gives itself, or that of its class when it is called an `Error` like all others. */
export function errorClass(error: Error): string {
  const { name } = error
  const named = typeof name === 'string' && name !== '' && name !== 'Error' ? name : error.constructor?.name
  return String(named || 'Error').slice(0, longestName)
}

/**
 * Whether the message of something that was thrown may be shown, as the model of its class says: `hidden` when the model marks the
 * message as sensitive, or when it marks anything and does not declare the message, which may then repeat what is marked. `unknown` for a
 * class without a model.
 */
export function messageOfModel(thrown: unknown, models: readonly Model[]): 'shown' | 'hidden' | 'unknown' {
  // Reading the prototype of a proxy would run its trap.
  if (typeof thrown !== 'object' || thrown === null || types.isProxy(thrown)) return 'unknown'
  const prototype: unknown = Object.getPrototypeOf(thrown)
  const model = models.find((one) => one.class.prototype === prototype)
  if (!model) return 'unknown'
  const { alternatives, isSensitive } = placeOf(model.fields)
  const declared = alternatives.flatMap((one) => {
    const { def } = (one as $ZodTypes)._zod
    return def.type === 'object' && def.shape['message'] ? [def.shape['message']] : []
  })
  if (isSensitive || declared.some((one) => holdsSensitive(one))) return 'hidden'
  return declared.length > 0 || !holdsSensitive(model.fields) ? 'shown' : 'hidden'
}

/** Shown instead of a hidden message. */
export const hiddenMessage = '[hidden]'
