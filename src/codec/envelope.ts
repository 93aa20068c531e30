/**
 * What a text was made for. The envelope names it, so that a worker can tell a job of another name or a newer version
 * from a broken one.
 */
export interface Place {
  kind: 'payload' | 'result' | 'progress' | 'error' | 'value'
  /** The job's name in its contract; none for a value under a key, in a file, or from a bare codec. */
  job?: string | undefined
  /** The version of the job in its contract. */
  version?: number | undefined
}

/** A decoded text. A box, because a class with a `then` method must never be returned bare from an async function. */
export interface Opened {
  /** Of the job, as its producer's contract had it. */
  version: number | undefined
  value: unknown
}

/** The codec as the queue and the store use it: it writes whole envelopes and knows the place that each is for. */
export interface EnvelopeCodec {
  /** The text of an envelope object: JSON, to be stored as it is. Throws a BrineError with code, job and path. */
  encode(value: unknown, place: Place): string
  /** Opens a text that was made for `place`, and decodes it. Throws a BrineError with code, job and path, and nothing else. */
  decode(text: string, place: Place): Opened
}
