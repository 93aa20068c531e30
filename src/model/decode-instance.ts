import { BrineError } from '../errors.ts'
import { property, root } from '../path.ts'
import type { Effort } from '../schema/effort.ts'
import type { Model } from './model.ts'
import { ownCode } from './own-code.ts'

/**
 * Gives an instance from stored fields: raises them to the model's version, checks them, and then builds the instance, or
 * populates the one that was allocated. Returns the instance.
 *
 * Throws MODEL_THREW, EXTRA_PROPERTY, FIELDS_INVALID and LIMIT_EXCEEDED, with paths from the instance on.
 */
export function decodeInstance(
  { model, version }: { model: Model; version: number },
  stored: unknown,
  allocated: unknown,
  effort: Effort,
): unknown {
  let raised = stored
  for (let from = version; from < model.version; from += 1) {
    const upcast = model.upcast.get(from)
    const before = raised
    if (upcast !== undefined) raised = ownCode(`upcast from version ${from}`, () => upcast(before))
  }
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
  throw new BrineError('MODEL_THREW', "the model's decode gave no instance of exactly its class", { path: root })
}

// zod drops what its object does not declare; a text that holds it was not written by this model.
function refuseUndeclared({ declared }: Model, fields: unknown): void {
  if (declared === undefined || typeof fields !== 'object' || fields === null) return
  for (const name of Object.keys(fields)) {
    if (declared().has(name)) continue
    throw new BrineError('EXTRA_PROPERTY', 'the text has a field that the model does not declare', {
      path: property(root, name),
    })
  }
}

function isExactly(value: unknown, model: Model): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === model.class.prototype
}
