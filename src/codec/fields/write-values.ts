import { quote } from '../quote.ts'

// JSON.stringify takes a while to begin with, which few values do not repay.
const few = 8

/** The JSON text of values that JSON has. */
export function writeValues(values: readonly unknown[]): string {
  if (values.length > few) return JSON.stringify(values)
  let text = ''
  for (const value of values) {
    const written = typeof value === 'string' ? quote(value) : `${value}`
    text = text === '' ? written : `${text},${written}`
  }
  return `[${text}]`
}
