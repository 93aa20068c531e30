import type { $ZodType } from 'zod/v4/core'
import { BrineError } from '../../errors.ts'
import type { Model } from '../../model/model.ts'
import { modelOf } from '../../model/model-of.ts'

/** The model whose instances a schema takes, if they are those of one. */
export function modelIn(schema: $ZodType | undefined, models: readonly Model[]): Model | undefined {
  const found = schema ? modelOf(schema, models) : undefined
  return typeof found === 'object' ? found : undefined
}

/** The model that a `$model` names. Throws PAYLOAD_INVALID. */
export function modelOfTag(models: readonly Model[], tag: string, path: string): Model {
  const model = models.find((one) => one.tag === tag || one.aliases.includes(tag))
  if (model) return model
  const tags = models.map((one) => one.tag).join(', ')
  throw new BrineError('PAYLOAD_INVALID', `$model takes the tag of a model${tags && `: ${tags}`}`, { path })
}
