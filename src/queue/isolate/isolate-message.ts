/** What an isolate is told of an attempt. Texts and numbers alone: the payload crosses as it is stored. */
export interface Start {
  /** Of the user's module, as an URL. */
  module: string
  queue: string
  id: string
  name: string
  attempt: number
  maxAttempts: number
  enqueuedAt: number
  metadata: string | undefined
  payload: string
}

/** What an isolate makes of an attempt. */
export type Answer =
  | { state: 'returned'; text: string }
  | { state: 'threw'; encoded: string | undefined; message: string; stack: string; retry: boolean }
  | { state: 'putBack'; why: 'delay' | 'rateLimit'; ms: number }

/** The place of what is encoded on the way between a worker and its isolates. */
export function errorPlace({ name, version }: { name: string; version: number }) {
  return { kind: 'error', job: name, version } as const
}
