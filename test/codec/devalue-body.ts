import type { $ZodType } from 'zod/v4/core'
import { BodyWriter } from '../../src/codec/body-writer.ts'
import { builtIns } from '../../src/codec/built-ins.ts'
import { ReadMemo } from '../../src/codec/fields/read-memo.ts'
import { defaultLimits } from '../../src/limits/limits.ts'
import type { Model } from '../../src/model/model.ts'
import { createRegistry } from '../../src/model/registry.ts'
import { pathStart } from '../../src/schema/path-start.ts'
import { fixtureModels } from './fixtures.ts'

/** A value's body in devalue/6, whether or not there is a schema that carries it otherwise. */
export function devalueBody(value: unknown, models: readonly Model[] = fixtureModels, schema?: $ZodType): string {
  const knowledge = { registry: createRegistry(models), builtIns, limits: defaultLimits, stacks: false }
  return new BodyWriter(
    knowledge,
    new ReadMemo(),
    pathStart(() => 'identifiers', schema),
  ).write(value)
}
