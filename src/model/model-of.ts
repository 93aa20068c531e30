import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import type { Class, Model } from './model.ts'

/** The model, or else the class, whose instances a schema accepts: of `z.instanceof`, and of what was refined from one. */
export function modelOf(schema: $ZodType, models: readonly Model[]): Model | Class | undefined {
  for (let at: $ZodType | undefined = schema; at !== undefined; at = at._zod.parent) {
    const { def, bag } = (at as $ZodTypes)._zod
    if (def.type !== 'custom') return undefined
    const accepted: unknown = bag['Class']
    const model = models.find((one) => one.schema === at || one.class === accepted)
    if (model) return model
    if (typeof accepted === 'function') return accepted as Class
  }
  return undefined
}
