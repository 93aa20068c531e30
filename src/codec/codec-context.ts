import type { Limits } from '../limits/limits.ts'
import type { Registry } from '../model/registry.ts'
import type { BodyWriter } from './body-writer.ts'
import type { Node } from './node.ts'

/** Writes the entry of one object, after checking that the object is no more than the entry can say. */
export type WriteKind = (node: Node, body: BodyWriter) => string

/** What a codec knows of the values that it may meet. */
export interface CodecContext {
  registry: Registry
  /** By the exact prototype; null is that of objects without one. */
  builtIns: ReadonlyMap<object | null, WriteKind>
  limits: Limits
  stacks: boolean
}
