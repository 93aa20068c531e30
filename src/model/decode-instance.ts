import { BrineError } from '../errors.ts'
import { root } from '../path.ts'
import { describeCopyOf } from '../realm/second-copy.ts'
import type { Effort } from '../schema/effort.ts'
import { ownCode } from './call-user-code.ts'
import { extraProperty } from './extra-property.ts'
import type { Model } from './model.ts'
import { upcast } from './upcast.ts'

/** Fields as a text of `version` held them, raised to the model's version. Throws UPCAST_FAILED. */
export function raiseFields({ model, version }: { model: Model; version: number }, stored: unknown): unknown {
  return version < model.version ? upcast(model, ownCopy(stored), version) : stored
}

/**
 * Gives an instance from fields of the model's version: checks them, and then builds the instance, or populates the one that
 * was allocated. Returns the instance.
 *
 * Throws MODEL_THREW, EXTRA_PROPERTY, FIELDS_INVALID and LIMIT_EXCEEDED, with paths from the instance on.
 */
export function decodeInstance(model: Model, raised: unknown, allocated: unknown, effort: Effort): unknown {
  refuseUndeclared(model, raised)
  const { value: fields } = model.validator.readOutputSync(raised, { code: 'FIELDS_INVALID', effort })
  const { back } = model
  if (back.kind === 'populate') {
    const instance = allocated as object
    ownCode('populate', () => back.populate(instance, fields))
    return instance
  }
  const instance: unknown = ownCode('decode', () => back.decode(fields))
  if (isExactly(instance, model)) return instance
  const copy = describeCopyOf(instance, model.class)
  throw new BrineError('MODEL_THREW', copy ?? "the model's decode gave no instance of exactly its class", {
    path: root,
  })
}

// A model's `encode` may have given an object that others in the graph hold too: an upcaster that changes it changes its own.
function ownCopy(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null) return stored
  const prototype: unknown = Object.getPrototypeOf(stored)
  return prototype === Object.prototype || prototype === null ? Object.assign(Object.create(prototype), stored) : stored
}

// zod drops what its object does not declare; a text that holds it was not written by this model.
function refuseUndeclared({ declared }: Model, fields: unknown): void {
  if (declared === undefined || typeof fields !== 'object' || fields === null) return
  for (const name of Object.keys(fields)) {
    if (declared().has(name)) continue
    throw extraProperty(fields, name, 'the text has a field that the model does not declare')
  }
}

function isExactly(value: unknown, model: Model): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === model.class.prototype
}
