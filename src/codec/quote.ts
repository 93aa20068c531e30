// JSON.stringify takes a while to begin with, which a short text does not repay.
const shortest = 64
const needsNoEscape = /^[ !#-[\]-~]*$/

/** The JSON text of a string. */
export function quote(text: string): string {
  return text.length <= shortest && needsNoEscape.test(text) ? `"${text}"` : JSON.stringify(text)
}
