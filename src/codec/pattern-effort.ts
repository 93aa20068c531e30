import { BrineError } from '../errors.ts'

const most = 32_768

// What V8 12 takes to read one, measured: a property of strings 31 ms, another property 0.2 ms, a set that ignores case 0.1 ms
// and all else microseconds.
const ofStrings = 4_096
const ofProperty = 64
const ofSetIgnoringCase = 4

/**
 * What the regular expressions of one text cost to construct. A mebibyte of `\p{RGI_Emoji}` takes V8 forty minutes to read, before
 * it is ever matched, so characters are counted by what they may cost. How long one takes to match is another matter, which no
 * decoder can tell: see docs/security.md.
 */
export class PatternEffort {
  #left = most

  /** Counts one. Throws LIMIT_EXCEEDED, with the path that `path` gives. */
  take(source: string, flags: string, path: () => string): void {
    const effort = effortOf(source, flags)
    this.#left -= effort
    if (this.#left >= 0) return
    throw new BrineError(
      'LIMIT_EXCEEDED',
      `the regular expressions here may be ${most} characters in all, where one of a set counts ${ofSetIgnoringCase} and a property ${ofProperty} or more, and this one has ${effort}; send its text, and make a RegExp of it in the worker`,
      { path: path() },
    )
  }
}

function effortOf(source: string, flags: string): number {
  const hasSets = flags.includes('v')
  const effort = hasSets ? source.length * ofSetIgnoringCase : source.length
  if (effort > most || !(hasSets || flags.includes('u'))) return effort
  let properties = 0
  for (const [, name = ''] of source.matchAll(/\\p\{?([^}]*)/gi)) {
    properties += hasSets && /RGI|Emoji_Keycap|Basic_Emoji/.test(name) ? ofStrings : ofProperty
  }
  return effort + properties
}
