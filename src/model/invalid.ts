import { BrineError } from '../errors.ts'
import type { Class } from './model.ts'

/** The refusal of a model's definition, or of what stands at `path` of it. It names the class, since a program may define many. */
export function invalidModel(modelClass: Class, remedy: string, path?: string): BrineError {
  const name = modelClass.name ? `class ${modelClass.name}` : 'a class without a name'
  return new BrineError('MODEL_INVALID', `the model of ${name}: ${remedy}`, { path })
}
