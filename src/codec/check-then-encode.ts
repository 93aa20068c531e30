import type { Failure, Validator } from '../schema/validate.ts'

interface Checking {
  validator: Validator
  failure: Failure
}

interface Text {
  encode(): string
  /** What a reader of the text will see, before its schema is asked. */
  decode(text: string): unknown
}

/**
 * Checks a value and encodes it. When the checks are asynchronous, the value is encoded first, in the same tick as the call, and
 * the checks see a copy that is decoded from that text: the caller may change the value meanwhile, and what is stored is what
 * was checked.
 */
export function checkThenEncode(
  value: unknown,
  { validator, failure }: Checking,
  { encode, decode }: Text,
): string | Promise<string> {
  let text = ''
  let refusal: { error: unknown } | undefined
  const snapshot = () => {
    try {
      text = encode()
      return decode(text)
    } catch (error) {
      // Nothing will be stored. The schema is asked all the same: its word on a value comes first, as with synchronous checks.
      refusal = { error }
      return value
    }
  }
  const checked = validator.checkInput(value, failure, snapshot)
  if (!(checked instanceof Promise)) return encode()
  return checked.then(() => {
    if (refusal) throw refusal.error
    return text
  })
}

/**
 * Parses a value and encodes what comes of it. Where parsing is asynchronous, it is given a copy as above; a value that only
 * its transform makes encodable, such as a File, has none.
 */
export function parseThenEncode(
  value: unknown,
  { parseInput, failure }: { parseInput: NonNullable<Validator['parseInput']>; failure: Failure },
  { copy, encode }: { copy(): unknown; encode(output: unknown): string },
): string | Promise<string> {
  const snapshot = () => {
    try {
      return copy()
    } catch {
      return value
    }
  }
  const parsed = parseInput(value, failure, snapshot)
  return parsed instanceof Promise ? parsed.then((output) => encode(output.value)) : encode(parsed.value)
}
