import type { z } from 'zod'
import type { BrineErrorCode } from '../errors.ts'

export interface Failure {
  code: BrineErrorCode
  job?: string | undefined
}

/**
 * A schema in its two directions, worked out once. Both throw a BrineError of `failure.code` whose path is the first
 * issue's, in our own words: zod's may hold payload values, when a message is made from the input.
 */
export interface Validator<S extends z.ZodType = z.ZodType> {
  /** Checks a value before it is stored. Transforms do not run: what is stored is what was given. */
  checkInput(value: unknown, failure: Failure): Promise<void>
  /** What a reader receives: the value itself when the schema changes nothing, else zod's output. In a box: see Opened. */
  readOutput(value: unknown, failure: Failure): Promise<{ value: z.output<S> }>
  /** The same without awaiting. A schema with asynchronous checks is refused. */
  readOutputSync(value: unknown, failure: Failure): { value: z.output<S> }
}

export declare function createValidator<S extends z.ZodType>(schema: S): Validator<S>
