import { BrineError } from '../../errors.ts'
import { ownCode } from '../../model/call-user-code.ts'
import { decodeInstance } from '../../model/decode-instance.ts'
import { defineErrorExtras, errorExtras } from '../../model/error-extras.ts'
import type { Model } from '../../model/model.ts'
import { root } from '../../path.ts'
import { within } from '../../schema/named-path.ts'
import { idOf, type Plain } from './container-form.ts'
import type { At, InputReader } from './read-input.ts'

const mostIssues = 20

/** What an error has beside its fields is printed with a `$` before its name. */
function splitExtras(members: Plain, { declared }: Model): { plain: Plain; extras: Plain | undefined } {
  const isExtra = (name: string) => name.startsWith('$') && errorExtras.has(name.slice(1)) && !declared?.().has(name)
  const names = Object.keys(members)
  if (!names.some(isExtra)) return { plain: members, extras: undefined }
  const pick = (one: (name: string) => boolean, start: number) =>
    Object.fromEntries(names.filter(one).map((name) => [name.slice(start), members[name]]))
  return { plain: pick((name) => !isExtra(name), 0), extras: pick(isExtra, 1) }
}

/** An instance of an object of its model's fields, or of `$fields`. Throws FIELDS_INVALID and MODEL_THREW. */
export function readInstance(reader: InputReader, model: Model, given: Plain, at: At): object {
  const { $model: _, $id: __, ...members } = given
  const { plain, extras } = splitExtras(members, model)
  const { back } = model
  const allocated = back.kind === 'populate' ? ownCode('allocate', () => back.allocate()) : undefined
  return reader.graph.hold(idOf(given), allocated, at.depth, () => {
    const isWhole = Object.keys(plain).length === 1 && Object.hasOwn(plain, '$fields')
    const fields = reader.read(isWhole ? plain['$fields'] : plain, model.fields, { ...at, depth: at.depth + 1 })
    const beside = extras && reader.members(extras, { ...at, depth: at.depth + 1 })
    return () => {
      const { effort } = reader
      // First, since it names the place of all that is wrong.
      model.validator.readOutputSync(fields, { code: 'FIELDS_INVALID', within: at.path, most: mostIssues, effort })
      try {
        const instance = decodeInstance(model, fields, allocated, effort) as object
        if (beside === undefined || defineErrorExtras(instance, beside)) return instance
        throw new BrineError('PAYLOAD_INVALID', 'this class is no error, or has no such cause or message', {
          path: root,
        })
      } catch (error) {
        if (!(error instanceof BrineError)) throw error
        throw within(at.path, error, reader.names)
      }
    }
  })
}
