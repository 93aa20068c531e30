import type { z } from 'zod'
import type { Model } from '../model/model.ts'
import type { Limits } from './limits.ts'

export interface CodecOptions {
  /** The classes that may travel. */
  models?: readonly Model[]
  /** See {@link Limits}; what is not given keeps its default. */
  limits?: Partial<Limits>
  /** Let errors carry their stacks. They name files and lines of the machine that threw them. Default false. */
  stacks?: boolean
}

/** Value to text and back. Pure: it knows no Redis, no clock and no environment. */
export interface Codec {
  encode(value: unknown): string
  decode(text: string): unknown
  decode<S extends z.ZodType>(text: string, schema: S): z.output<S>
}

export declare function createCodec(options?: CodecOptions): Codec
