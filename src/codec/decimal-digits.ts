/** The decimal text of a bigint, or how many digits it has when those are more than `most`: `undefined` for far more. */
export function decimalDigits(value: bigint, most: number): string | number | undefined {
  // Millions of decimal digits take seconds to find. Hexadecimal ones are there at once, and are fewer.
  if (BigInt.asIntN(64, value) !== value && value.toString(16).length > most + 1) return undefined
  const text = `${value}`
  const digits = value < 0n ? text.length - 1 : text.length
  return digits > most ? digits : text
}
