// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * A text that can be written to a terminal: whoever may write into Redis could otherwise move its cursor, colour it, or have it
 * run what it is asked to. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(control, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same, on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]+/g, ' ')
}
