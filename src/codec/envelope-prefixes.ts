import { type Place, writeEnvelope, writeHead } from './envelope.ts'

/**
 * The beginnings of envelopes without a seal, up to their bodies. A text that begins exactly so needs no parsing to be known as
 * one for its place, and the last one is remembered, since texts of one kind come many at a time.
 */
export class EnvelopePrefixes {
  readonly #encoding: string
  readonly #bodyStart: string
  #last: (Pick<Place, 'kind' | 'job' | 'version'> & { text: string }) | undefined

  /** `bodyStart` is how the bodies begin. */
  constructor(encoding: string, bodyStart = '') {
    this.#encoding = encoding
    this.#bodyStart = bodyStart
  }

  of({ kind, job, version }: Place): string {
    const last = this.#last
    if (last?.kind === kind && last.job === job && last.version === version) return last.text
    const head = writeHead({ kind, job, version }, { encoding: this.#encoding })
    const text = writeEnvelope(head, this.#bodyStart).slice(0, -1)
    this.#last = { kind, job, version, text }
    return text
  }
}

/** The version that a text says whose beginning is the one of `place`. */
export function versionOf({ job, version }: Place): number | undefined {
  return job === undefined ? undefined : (version ?? 1)
}

/** What stands between the beginning and the end of a text, when those are exactly these. */
export function between(text: string, head: string, end: string): string | undefined {
  // In place of endsWith and startsWith, which take twice as long.
  const at = text.length - end.length
  for (let index = 0; index < end.length; index += 1) if (text[at + index] !== end[index]) return undefined
  return text.slice(0, head.length) === head ? text.slice(head.length, at) : undefined
}
