import { BrineError } from '../errors.ts'

// No name that can be looked up is longer than 253 characters, of which each may be escaped.
const longestHost = 2_048

// Slashes of both kinds, as many as stand there, and the platform passes over tabs and ends of lines anywhere.
const upToPath = /^[^/\\?#]*[/\\\t\n\r]*[^/\\?#]*/
const hasHost = /^[\0- ]*(?:https?|wss?|ftp|file):/i
const translated = /[^\0-\x7f]|%|xn--/i

/**
 * Refuses a text that the platform would take long to read as an address. A host that is not of plain ASCII is translated (IDNA),
 * and half a mebibyte of combining marks takes it half a minute to sort. Throws LIMIT_EXCEEDED, with the path that `path` gives.
 */
export function refuseCostlyHost(address: string, path: () => string): void {
  if (address.length <= longestHost) return
  const [start = ''] = upToPath.exec(address) ?? []
  if (start.length <= longestHost || !translated.test(start) || !hasHost.test(start.replace(/[\t\n\r]/g, ''))) return
  throw new BrineError(
    'LIMIT_EXCEEDED',
    `the host of an address may be ${longestHost} characters where it is not of plain ASCII, and this one is longer; no such name can be looked up`,
    { path: path() },
  )
}
