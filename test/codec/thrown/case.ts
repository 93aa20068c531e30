/** What a handler throws, and what arrives at the producer. */
export interface Case {
  readonly title: string
  readonly thrown: () => unknown
  readonly class: abstract new (...args: never[]) => unknown
  /** Some properties of what arrives. */
  readonly arrives: object
  readonly omitted?: readonly string[]
}

export function causedByItself<E extends Error>(error: E): E {
  error.cause = { error }
  return error
}
