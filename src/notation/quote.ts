// What moves a terminal's cursor, turns a line round, or ends it unseen.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text on one line, which anything may print: controls and lone surrogates are escaped, and what is over `most` is counted. */
export function plainLine(text: string, most: number): string {
  const shown = text.length > most ? text.slice(0, most) : text
  const safe = shown.replace(
    unseen,
    (found) => short[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return shown.length < text.length ? `${safe}… ${text.length - shown.length} more characters` : safe
}

/** The same in quotes, as JavaScript has them. */
export function quote(text: string, most: number): string {
  const shown = text.length > most ? text.slice(0, most) : text
  const rest = shown.length < text.length ? `… ${text.length - shown.length} more characters` : ''
  return `'${plainLine(shown.replace(/\\/g, '\\\\').replace(/'/g, "\\'"), Number.POSITIVE_INFINITY)}'${rest}`
}

const identifier = /^[A-Za-z_$][\w$]*$/

/** The name of a property as JavaScript writes it. */
export function nameOf(name: string, most: number): string {
  return identifier.test(name) && name.length <= most ? name : quote(name, most)
}
