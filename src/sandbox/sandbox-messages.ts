import type { ContractJob } from '../contract/contract.ts'

/** What a sandbox is told of an attempt. Texts and numbers alone: the payload crosses as it is stored. */
export interface Start {
  /** Of the user's module, as an URL. */
  module: string
  queue: string
  /** Of the job's queue in Redis. */
  prefix: string
  id: string
  /** Of the job in its contract, and as it is in Redis. */
  name: string
  named: string
  attempt: number
  maxAttempts: number
  enqueuedAt: number
  metadata: string | undefined
  payload: string
}

/** What a sandbox makes of an attempt. */
export type Answer =
  | { state: 'returned'; text: string }
  | {
      state: 'threw'
      encoded: string | undefined
      message: string
      stack: string
      retry: boolean
      /** The module could not be loaded: its contract's codec did not encode the error, nor seal it, and no later job may run there. */
      unloaded: boolean
      /** The payload was refused, and the handler did not begin. */
      refused: boolean
    }
  | { state: 'putBack'; why: 'delay' | 'rateLimit'; ms: number }
  | { state: 'waits' }

/** What a sandbox asks of home while its handler works: something of the children of the job with this id. */
export interface Question {
  question: number
  job: string
  about: 'completed' | 'failed' | 'counts' | 'add' | 'hasStep' | 'endStep' | 'waits'
  given?: unknown
}

/** What home answers: names, numbers and encoded texts. */
export type Reply = { answer: number; value: unknown } | { answer: number; error: string | undefined; message: string }

export function isQuestion(message: unknown): message is Question {
  return typeof message === 'object' && message !== null && 'question' in message
}

export function isReply(message: unknown): message is Reply {
  return typeof message === 'object' && message !== null && 'answer' in message
}

/** The place of what is encoded on the way between a worker and its sandboxes. */
export function errorPlace({ name, aliases, version }: Pick<ContractJob, 'name' | 'aliases' | 'version'>, id: string) {
  return { kind: 'error', job: name, aliases, version, id } as const
}
