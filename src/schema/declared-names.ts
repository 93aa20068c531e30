import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import type { Class } from '../model/model.ts'
import { heldBy, wrappedBy } from './schema-parts.ts'

/** What the schemas of an object say of one of its properties. */
export interface Under {
  /** Whether one of them declares the name. */
  isDeclared: boolean
  /** Whether one of them takes any name, as a record does. */
  isOpen: boolean
  under: readonly $ZodType[]
}

/** What is known of a step into a value, of which these are the schemas. */
export function schemasUnder(schemas: readonly $ZodType[], key: PropertyKey): Under {
  const declaring: $ZodType[] = []
  const others: $ZodType[] = []
  let isOpen = false
  for (const schema of looking(schemas)) {
    const { def } = (schema as $ZodTypes)._zod
    if (def.type === 'object') {
      if (Object.hasOwn(def.shape, key)) declaring.push(Reflect.get(def.shape, key))
      else if (def.catchall) {
        others.push(def.catchall)
        isOpen ||= def.catchall._zod.def.type !== 'never'
      }
    } else if (def.type === 'record') {
      const names = def.keyType._zod.values
      if (names?.has(String(key))) declaring.push(def.valueType)
      else {
        others.push(def.valueType)
        isOpen = true
      }
    } else others.push(...heldBy(schema))
  }
  return { isDeclared: declaring.length > 0, isOpen, under: [...declaring, ...others] }
}

/** The schemas of all that such values hold. */
export function partsUnder(schemas: readonly $ZodType[]): readonly $ZodType[] {
  return looking(schemas).flatMap(heldBy)
}

/** The classes whose instances such schemas take. */
export function classesOf(schemas: readonly $ZodType[]): readonly Class[] {
  return looking(schemas).flatMap(({ _zod: { bag } }) => (typeof bag['Class'] === 'function' ? [bag['Class']] : []))
}

/** Those that look at the value themselves, of schemas and what these hand it to. */
function looking(schemas: readonly $ZodType[]): $ZodType[] {
  const met = new Set<$ZodType>(schemas)
  const found: $ZodType[] = []
  for (const schema of met) {
    const wrapped = wrappedBy(schema)
    if (wrapped === undefined) found.push(schema)
    else for (const one of wrapped) met.add(one)
  }
  return found
}
