import type { z } from 'zod'
import { BrineError } from '../errors.ts'
import { property, root } from '../path.ts'
import { isError } from '../realm/is-error.ts'
import { ownCode } from './call-user-code.ts'
import type { ModelOptions } from './define-model.ts'
import { isErrorExtra } from './error-extras.ts'
import { extraProperty } from './extra-property.ts'
import { invalidModel } from './invalid.ts'
import type { Class, Declared, Model } from './model.ts'

/** What reads an instance's fields: the model's own `encode`, or a reader of the keys that `fields` declares. */
export function defineRead<T extends object, F extends z.ZodType>(
  modelClass: Class<T>,
  { encode, decode, allocate }: ModelOptions<T, F>,
  declared: Declared | undefined,
): Pick<Model<T>, 'reads' | 'read'> {
  if (encode !== undefined) {
    const read = (instance: T) =>
      refuseUndeclared(
        ownCode('encode', () => encode(instance)),
        declared,
      )
    return { reads: 'encode', read }
  }
  if (declared === undefined) throw invalidModel(modelClass, 'fields is no closed z.object, so give encode')
  if (decode === undefined && allocate === undefined)
    return { reads: 'own', read: (instance) => readOwn(instance, declared()) }
  return { reads: 'declared', read: (instance) => ownCode('getter', () => readDeclared(instance, declared())) }
}

/** For instances that come back by their fields alone: whatever is not among them would be lost. */
function readOwn(instance: object, declared: ReadonlySet<string>): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  const enumerable = Object.keys(instance)
  // Many names that are integers take long to list with the hidden ones, and strangers can choose them: see key-collisions.ts.
  if (enumerable.length > declared.size) {
    const extra = enumerable.find((name) => !declared.has(name) && !isErrorExtra(instance, name))
    if (extra !== undefined) throw undeclared(instance, extra)
  }
  for (const name of Reflect.ownKeys(instance)) {
    if (typeof name === 'symbol') {
      throw new BrineError('EXTRA_PROPERTY', 'a symbol is a key of this instance, and symbols do not travel', {
        path: root,
      })
    }
    if (!declared.has(name)) {
      // It travels beside the fields; a stack only where stacks do.
      if (isErrorExtra(instance, name)) continue
      throw undeclared(instance, name)
    }
    fields[name] = readData(instance, name)
    // Errors hide what errors hide, however it was put there.
    if (!isError(instance) && !Object.prototype.propertyIsEnumerable.call(instance, name)) {
      throw new BrineError('EXTRA_PROPERTY', 'this property is not enumerable, and would come back as one that is', {
        path: property(root, name),
      })
    }
  }
  for (const name of declared) refuseInherited(instance, name)
  return fields
}

function undeclared(instance: object, name: string): BrineError {
  const remedy =
    'the model does not declare this property, which would be lost: add it to fields, or give encode and decode'
  return extraProperty(instance, name, remedy)
}

/** For instances that a model's own code builds again: it knows what else they need. */
function readDeclared(instance: object, declared: ReadonlySet<string>): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const name of declared) {
    if (Object.hasOwn(instance, name)) fields[name] = readData(instance, name)
    // Getters of the class are its own code, which the model trusts.
    else if (name in instance) fields[name] = Reflect.get(instance, name)
  }
  return fields
}

function readData(instance: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(instance, name)
  if (descriptor === undefined || descriptor.get !== undefined || descriptor.set !== undefined) {
    throw new BrineError('ACCESSOR', 'an accessor would have to run: make it a plain property, or give encode', {
      path: property(root, name),
    })
  }
  return descriptor.value
}

function refuseInherited(instance: object, name: string): void {
  if (Object.hasOwn(instance, name) || !(name in instance) || hiddenDefaults.has(name)) return
  throw new BrineError(
    'ACCESSOR',
    'this field is no own property of the instance: give encode, and decode or populate',
    {
      path: property(root, name),
    },
  )
}

// Every error inherits these, and a class may well declare them for the instances that have their own.
const hiddenDefaults: ReadonlySet<string> = new Set(['name', 'message'])

function refuseUndeclared(fields: unknown, declared: Declared | undefined): unknown {
  if (declared === undefined || typeof fields !== 'object' || fields === null) return fields
  for (const name of Object.keys(fields)) {
    if (declared().has(name)) continue
    throw extraProperty(fields, name, "the model's encode gave a field that `fields` does not declare")
  }
  return fields
}
