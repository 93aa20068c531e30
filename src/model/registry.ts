import type { $ZodType } from 'zod/v4/core'
import { BrineError } from '../errors.ts'
import { loadOnce } from '../realm/second-copy.ts'
import type { Model } from './model.ts'

/** The models of one codec, found by an instance's exact prototype and by a text's tag. */
export interface Registry {
  readonly byPrototype: ReadonlyMap<object, Model>
  /** By tags and aliases. */
  readonly byTag: ReadonlyMap<string, Model>
  /** Of `model.schema`, in which other schemas name the model, also with marks and checks of its own. */
  ofSchema(schema: $ZodType): Model | undefined
}

/** Throws MODEL_INVALID when two models claim one tag or one class: which of them a text meant would be chance. */
export function createRegistry(models: readonly Model[]): Registry {
  if (!Array.isArray(models)) {
    throw new BrineError('MODEL_INVALID', 'must be a list, as in models: [person]', { path: 'models' })
  }
  const byPrototype = new Map<object, Model>()
  const byTag = new Map<string, Model>()
  const bySchema = new Map<$ZodType, Model>()
  for (const model of models) {
    if (typeof model?.read !== 'function' || typeof model.class !== 'function') {
      throw new BrineError('MODEL_INVALID', 'models holds something that defineModel did not make')
    }
    const known = byPrototype.get(model.class.prototype)
    if (known === model) continue
    if (known !== undefined) {
      throw new BrineError(
        'MODEL_INVALID',
        `the class ${model.class.name} has two models, '${known.tag}' and '${model.tag}'`,
      )
    }
    byPrototype.set(model.class.prototype, model)
    bySchema.set(model.schema, model)
    for (const tag of [model.tag, ...model.aliases]) {
      const other = byTag.get(tag)
      if (other !== undefined && other !== model) {
        const [one, two] = [other.class.name, model.class.name]
        const twice = one === two ? `; if its module was loaded twice, ${loadOnce}` : ''
        throw new BrineError('MODEL_INVALID', `'${tag}' names both ${one} and ${two}${twice}`)
      }
      byTag.set(tag, model)
    }
  }
  return {
    byPrototype,
    byTag,
    ofSchema(schema) {
      for (let at: $ZodType | undefined = schema; at?._zod.def.type === 'custom'; at = at._zod.parent) {
        const model = bySchema.get(at)
        if (model) return model
      }
      return undefined
    },
  }
}
