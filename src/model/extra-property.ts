import { BrineError } from '../errors.ts'
import { identified, root, unnamed } from '../path.ts'
import { rememberNamed } from '../schema/named-path.ts'

/** EXTRA_PROPERTY for a property of `holder` that its model does not declare, whose name may be data. */
export function extraProperty(holder: object, name: string, remedy: string): BrineError {
  const error = new BrineError('EXTRA_PROPERTY', remedy, { path: unnamed(root, Object.keys(holder).indexOf(name)) })
  return rememberNamed(error, identified(root, name))
}
