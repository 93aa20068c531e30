import { BrineError } from '../errors.ts'
import { decodeInstance } from '../model/decode-instance.ts'
import type { Model } from '../model/model.ts'
import { ownCode } from '../model/own-code.ts'
import { join, root } from '../path.ts'
import { idOf, type Plain } from './container-form.ts'
import type { At, InputReader } from './read-input.ts'

const mostIssues = 20

/** An instance of an object of its model's fields, or of `$fields`. Throws FIELDS_INVALID and MODEL_THREW. */
export function readInstance(reader: InputReader, model: Model, given: Plain, at: At): object {
  const { $model: _, $id: __, ...plain } = given
  const { back } = model
  const allocated = back.kind === 'populate' ? ownCode('allocate', () => back.allocate()) : undefined
  return reader.graph.hold(idOf(given), allocated, at.depth, () => {
    const isWhole = Object.keys(plain).length === 1 && Object.hasOwn(plain, '$fields')
    const fields = reader.read(isWhole ? plain['$fields'] : plain, model.fields, { ...at, depth: at.depth + 1 })
    return () => {
      const { effort } = reader
      // First, since it names the place of all that is wrong.
      model.validator.readOutputSync(fields, { code: 'FIELDS_INVALID', within: at.path, most: mostIssues, effort })
      try {
        return decodeInstance(model, fields, allocated, effort) as object
      } catch (error) {
        if (!(error instanceof BrineError)) throw error
        throw error.relocated({ path: join(at.path, error.path ?? root) })
      }
    }
  })
}
