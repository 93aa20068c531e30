import { hasManyNumbers } from '../../limits/key-collisions.ts'
import type { Model } from '../../model/model.ts'
import type { Effort } from '../../schema/effort.ts'
import { compileDecodeFields, compileDecoder, type Decode, type DecoderOf, decodeOnto } from './compile-decoder.ts'
import { failed } from './fields-reader.ts'
import type { Form } from './form.ts'

/**
 * What reads the instances of a model: from what is needed to what needs it, since nothing here is in a cycle, so that each is
 * built or populated at once. `settled` says that nothing is left of its schema for zod to do.
 *
 * What the model's own code throws is thrown, and its text then read again the general way, which says where it was.
 */
export function compileModelDecoder(
  { model, form, settled }: { model: Model; form: Form; settled: boolean },
  decoderOf: DecoderOf,
): Decode {
  const { back } = model
  const { prototype } = model.class
  if (settled && form.kind === 'object' && back.kind === 'populate' && back.byFields) {
    const fields = compileDecodeFields(form.fields, decoderOf)
    // Fields are defined, never assigned; where nothing is inherited under their names, the two are one, and this is fast.
    if (fields.every(({ name }) => !(name in prototype))) {
      return (reader) => {
        if (!reader.enter()) return failed
        const instance: object = Object.create(prototype)
        if (!decodeOnto(instance, fields, reader)) return failed
        reader.leave()
        return instance
      }
    }
  }
  const decodeFields = compileDecoder(form, decoderOf)
  const build = buildOf(model)
  const mayHoldKeys = holdsNumbers(form)
  return (reader) => {
    if (!reader.enter()) return failed
    const read = decodeFields(reader)
    if (read === failed) return failed
    reader.leave()
    // The general way counts what they cost the model's own code as keys.
    if (mayHoldKeys && hasManyNumbers(read)) return failed
    const fields = settled ? read : readFields(model, read, reader.effort)
    const instance = build(fields)
    return Object.getPrototypeOf(instance) === prototype ? instance : failed
  }
}

/** Whether a list of numbers, or of lists that begin with one, may be among the fields. */
function holdsNumbers(form: Form): boolean {
  switch (form.kind) {
    case 'object':
      return form.fields.some(({ of }) => of.kind !== 'object' && holdsNumbers(of))
    case 'nullable':
      return holdsNumbers(form.of)
    case 'either':
      return form.of.some(holdsNumbers)
    case 'list':
      return form.of.kind !== 'model' && form.of.kind !== 'object' && !(form.of.kind === 'plain' && form.of.isText)
    default:
      return false
  }
}

function buildOf({ back }: Model): (fields: unknown) => object {
  if (back.kind === 'decode') return (fields) => back.decode(fields)
  return (fields) => {
    const instance = back.allocate()
    back.populate(instance, fields)
    return instance
  }
}

function readFields({ validator }: Model, read: unknown, effort: Effort): unknown {
  return validator.readOutputSync(read, { code: 'FIELDS_INVALID', effort }).value
}
