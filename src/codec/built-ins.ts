import { boxedWriters } from './boxed.ts'
import { viewWriters, writeArrayBuffer, writeBuffer } from './bytes.ts'
import type { WriteKind } from './codec-context.ts'
import { writeArray, writeMap, writeNullPrototype, writePlain, writeSet } from './containers.ts'
import { errorWriters } from './error-values.ts'
import { leaves } from './leaves.ts'

/** What writes instances of the built-in classes, by their exact prototypes. Everything else is a model's, or refused. */
export const builtIns: ReadonlyMap<object | null, WriteKind> = new Map<object | null, WriteKind>([
  [null, writeNullPrototype],
  [Object.prototype, writePlain],
  [Array.prototype, writeArray],
  [Map.prototype, writeMap],
  [Set.prototype, writeSet],
  [ArrayBuffer.prototype, writeArrayBuffer],
  [Buffer.prototype, writeBuffer],
  ...[...leaves.values()].map(({ prototype, write }) => [prototype, write] as const),
  ...viewWriters,
  ...errorWriters,
  ...boxedWriters,
])
