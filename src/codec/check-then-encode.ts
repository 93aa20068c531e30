import type { Failure, Validator } from '../schema/validate.ts'

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
  { validator, failure }: { validator: Validator; failure: Failure },
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
