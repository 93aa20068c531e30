import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import type { Model } from '../../../src/model/model.ts'
import { fixtureModels } from '../fixtures.ts'
import { collisions } from './collisions.ts'
import { envelopes } from './envelopes.ts'
import { errors } from './errors.ts'
import { fields } from './fields.ts'
import type { Hostile } from './hostile.ts'
import { json } from './json.ts'
import { malformedModels, models } from './models.ts'
import { natives } from './natives.ts'
import { nesting } from './nesting.ts'
import { patterns } from './patterns.ts'
import { prototypes } from './prototypes.ts'
import { shapes } from './shapes.ts'
import { sharing } from './sharing.ts'
import { tagged } from './tagged.ts'
import { unknownTags } from './unknown-tags.ts'

class Lists {
  constructor(readonly list: number[]) {}
}

/** What a reader of the table has registered. */
export const hostileModels: readonly Model[] = [
  ...fixtureModels,
  ...malformedModels,
  defineModel(Lists, { tag: 'lists', fields: z.object({ list: z.array(z.number()) }) }),
]

/** Texts that no writer of ours made, by category. */
export const table: Readonly<Record<string, readonly Hostile[]>> = {
  collisions,
  envelopes,
  errors,
  fields,
  json,
  models,
  natives,
  nesting,
  patterns,
  prototypes,
  shapes,
  sharing,
  tagged,
  unknownTags,
}
