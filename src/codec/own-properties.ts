import type { BodyWriter } from './body-writer.ts'
import type { Node } from './node.ts'

/** The own string keys of an object that has no symbols for keys. */
export function ownStrings(node: Node, body: BodyWriter): string[] {
  if (Object.getOwnPropertySymbols(node.value).length > 0) {
    throw body.refuse('UNSUPPORTED_VALUE', 'a symbol is a key here, and symbols do not travel', node)
  }
  return Object.getOwnPropertyNames(node.value)
}

/** Refuses an object that has properties of its own, where its entry has room for none. `isNone` tells those that say nothing. */
export function refuseOwn(node: Node, body: BodyWriter, isNone: (name: string) => boolean = () => false): void {
  if (Reflect.ownKeys(node.value).length === 0) return
  const name = ownStrings(node, body).find((one) => !isNone(one))
  if (name !== undefined) throw refuseExtra(node, name, body)
}

export function refuseExtra(node: Node, name: string | undefined, body: BodyWriter): Error {
  return body.refuse(
    'EXTRA_PROPERTY',
    'a property was added to this built-in, and would be lost: send it beside it',
    node,
    name,
  )
}

/** Reads a property without running an accessor. */
export function readOwn(node: Node, name: string, body: BodyWriter): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(node.value, name)
  if (descriptor === undefined || descriptor.get !== undefined || descriptor.set !== undefined) {
    throw body.refuse('ACCESSOR', 'an accessor would have to run: make it a plain property', node, name)
  }
  return descriptor.value
}
