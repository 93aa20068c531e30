/**
 * QueueEvents parses results and progress, and stops for ever at one that is no JSON. Wrapped as JSON strings they come out of its parser
 * as the texts that they are. What is too long for the contract is cut behind one character more.
 */
export function wrapTexts(fields: string[], maxTextBytes: number): void {
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]
    const value = fields[index + 1]
    if (value === undefined) continue
    const text = value.length > maxTextBytes ? value.slice(0, maxTextBytes + 1) : value
    fields[index + 1] = name === 'returnvalue' || name === 'data' ? JSON.stringify(text) : text
  }
}
