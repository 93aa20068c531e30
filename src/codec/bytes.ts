import { inspect, types } from 'node:util'
import { limitExceeded } from '../limits/limits.ts'
import { views } from '../model/built-in-classes.ts'
import { getterOf } from '../realm/intrinsics.ts'
import type { BodyWriter } from './body-writer.ts'
import type { WriteKind } from './codec-context.ts'
import type { Node } from './node.ts'
import { refuseExtra, refuseOwn } from './own-properties.ts'

/**
 * Writes an ArrayBuffer as base64 of all its bytes. A resizable one comes back with a fixed length, and so does a view that tracks
 * its buffer's length: no reader needs the room to grow, and a view's bytes already travel without the rest of their buffer.
 */
export const writeArrayBuffer: WriteKind = (node, body) => {
  refuseOwn(node, body)
  return writeBytes(bytesOf(node.value, node, body), node, body)
}

/** A Buffer is told from the Uint8Array that it extends, and comes back as a Buffer. */
export const writeBuffer: WriteKind = (node, body) => writeView('Buffer', node, body)

/** What writes the views of each class, by its prototype. */
export const viewWriters: ReadonlyMap<object, WriteKind> = new Map(
  [...views].map(([tag, view]) => [view.prototype, (node, body) => writeView(tag, node, body)]),
)

/**
 * A view of a whole buffer names that buffer, which is shared as before. Any other view is a copy of its visible bytes:
 * what stands beside them in the buffer, as in Node's shared pool, is not the caller's to send.
 */
function writeView(tag: string, node: Node, body: BodyWriter): string {
  const { value } = node
  if (!ArrayBuffer.isView(value) || kindOf(value) !== tag)
    throw body.refuse('UNSUPPORTED_VALUE', 'this has the prototype of a view that it is not', node)
  refuseExtras(value, tag, node, body)
  const { buffer, byteOffset, byteLength } = value
  const all = bytesOf(buffer, node, body)
  if (byteOffset === 0 && byteLength === all.length) return `["${tag}",${body.ref(buffer, node, undefined)}]`
  return `["${tag}",${body.add(writeBytes(all.subarray(byteOffset, byteOffset + byteLength), node, body))}]`
}

function bytesOf(buffer: unknown, node: Node, body: BodyWriter): Uint8Array {
  if (!types.isArrayBuffer(buffer)) {
    throw body.refuse('UNSUPPORTED_VALUE', 'shared memory does not travel: copy it into an ArrayBuffer', node)
  }
  try {
    return new Uint8Array(buffer)
  } catch (cause) {
    throw body.refuse(
      'UNSUPPORTED_VALUE',
      'this ArrayBuffer is detached: its bytes went elsewhere',
      node,
      undefined,
      cause,
    )
  }
}

function writeBytes(bytes: Uint8Array, node: Node, body: BodyWriter): string {
  const { limits } = body
  if (bytes.length > limits.maxBinaryBytes)
    throw limitExceeded(limits, 'maxBinaryBytes', bytes.length, body.pathOf(node))
  return `["ArrayBuffer","${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}"]`
}

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype)
const kindOfTypedArray = getterOf(typedArray, Symbol.toStringTag)
const bytesOfTypedArray = getterOf(typedArray, 'byteLength')

// A DataView is the view that is no typed array.
function kindOf(view: ArrayBufferView): string {
  const kind = kindOfTypedArray.call(view)
  if (kind === undefined) return 'DataView'
  return kind === 'Uint8Array' && Object.getPrototypeOf(view) === Buffer.prototype ? 'Buffer' : String(kind)
}

const fewBytes = 512
const shadowable = ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer', 'constructor']
const withoutElements = { showHidden: true, maxArrayLength: 0, depth: 0, customInspect: false, getters: false } as const

/**
 * Listing the own keys of a view makes a string for each element, half a second for a mebibyte. `inspect` alone lists the
 * others without them, so a long view must look as a fresh one over the same bytes does.
 */
function refuseExtras(view: ArrayBufferView, tag: string, node: Node, body: BodyWriter): void {
  if (tag === 'DataView' || Number(bytesOfTypedArray.call(view)) <= fewBytes) {
    const extra = Reflect.ownKeys(view).find((name) => typeof name === 'symbol' || !isIndex(name))
    if (extra !== undefined) throw refuseExtra(node, typeof extra === 'symbol' ? undefined : extra, body)
    return
  }
  const shadow = shadowable.find((name) => Object.hasOwn(view, name))
  if (shadow !== undefined || Object.getOwnPropertySymbols(view).length > 0) throw refuseExtra(node, shadow, body)
  const over: [ArrayBufferLike, number, number] = [view.buffer, view.byteOffset, Number(Reflect.get(view, 'length'))]
  const twin = tag === 'Buffer' ? Buffer.from(...over) : Reflect.construct(views.get(tag) ?? Uint8Array, over)
  if (inspect(view, withoutElements) !== inspect(twin, withoutElements)) throw refuseExtra(node, undefined, body)
}

const index = /^\d+$/

function isIndex(name: string): boolean {
  return index.test(name)
}

/** The bytes of a canonical base64 text, or undefined. */
export function readArrayBuffer([, base64]: readonly unknown[]): ArrayBuffer | undefined {
  if (typeof base64 !== 'string') return undefined
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) return undefined
  // An ArrayBuffer of its own: a small Buffer's is a pool that it shares with others.
  return new Uint8Array(bytes).buffer
}
