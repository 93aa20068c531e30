import type { Model } from '../../src/model/model.ts'
import { subclassModels } from './built-in-subclasses.ts'
import { models } from './classes.ts'
import type { Fixture } from './fixture.ts'
import { binaries } from './fixtures/bytes.ts'
import { containers } from './fixtures/containers.ts'
import { failures } from './fixtures/errors.ts'
import { graphs } from './fixtures/graphs.ts'
import { instances } from './fixtures/instances.ts'
import { primitives } from './fixtures/primitives.ts'
import { texts } from './fixtures/texts.ts'

/** Every kind of value that travels. The table is the format's specification: round trips and golden texts follow from it. */
export const fixtures: readonly Fixture[] = [
  ...primitives,
  ...containers,
  ...texts,
  ...binaries,
  ...failures,
  ...instances,
  ...graphs,
]

export const fixtureModels: readonly Model[] = [...models, ...subclassModels]
