// JSON.stringify takes a while to begin with, which few values do not repay.
const few = 8
const shortest = 64
const needsNoEscape = /^[ !#-[\]-~]*$/

/** The JSON text of values that JSON has. */
export function writeValues(values: readonly unknown[]): string {
  if (values.length > few) return JSON.stringify(values)
  let text = ''
  for (const value of values) {
    const isSimple = typeof value !== 'string' || (value.length <= shortest && needsNoEscape.test(value))
    const written = typeof value === 'string' ? (isSimple ? `"${value}"` : JSON.stringify(value)) : `${value}`
    text = text === '' ? written : `${text},${written}`
  }
  return `[${text}]`
}
