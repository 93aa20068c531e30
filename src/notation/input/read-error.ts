import { allocateTagged, errorTags, populateError } from '../../codec/error-values.ts'
import { BrineError } from '../../errors.ts'
import { idOf, type Plain } from './container-form.ts'
import type { At, InputReader } from './read-input.ts'

/**
 * One of the built-in errors: `{ "$error": "TypeError", "$message": "…", "$cause": … }`, with its own fields beside. Throws
 * PAYLOAD_INVALID.
 */
export function readError(reader: InputReader, tag: string, given: Plain, at: At): object {
  const { $error: _, $message, $cause, $errors, $id: __, ...own } = given
  const refuse = (why: string) => new BrineError('PAYLOAD_INVALID', `$error ${why}`, { path: at.path })
  if (!errorTags.has(tag)) throw refuse(`takes ${[...errorTags].join(', ')}`)
  const error = allocateTagged(tag)
  return reader.graph.hold(idOf(given), error, at.depth, () => {
    const inside = { ...at, depth: at.depth + 1 }
    const read = (part: unknown) => reader.read(part, undefined, inside)
    const record = {
      ...('$message' in given && { message: read($message) }),
      ...('$cause' in given && { cause: read($cause) }),
      ...('$errors' in given && { errors: read($errors) }),
      ...(Object.keys(own).length > 0 && { own: reader.members(own, inside) }),
    }
    return () => {
      if (!populateError(error, record)) throw refuse('is filled with what no error holds')
      return error
    }
  })
}
