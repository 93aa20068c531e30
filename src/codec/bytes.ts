import { isDeepStrictEqual } from 'node:util'
import { views } from '../model/built-in-classes.ts'
import type { BodyWriter, Node, WriteKind } from './body-writer.ts'
import { pathOf } from './body-writer.ts'
import { limitExceeded } from './limits.ts'
import { refuseExtra, refuseOwn } from './own-properties.ts'

/** Writes an ArrayBuffer as base64 of all its bytes. */
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
  if (!ArrayBuffer.isView(value))
    throw body.refuse('UNSUPPORTED_VALUE', 'this has the prototype of a view, but is none', node)
  refuseExtras(value, node, body)
  const { buffer, byteOffset, byteLength } = value
  const all = bytesOf(buffer, node, body)
  if (byteOffset === 0 && byteLength === all.length) return `["${tag}",${body.ref(buffer, node, undefined)}]`
  return `["${tag}",${body.add(writeBytes(all.subarray(byteOffset, byteOffset + byteLength), node, body))}]`
}

function bytesOf(buffer: unknown, node: Node, body: BodyWriter): Uint8Array {
  if (!(buffer instanceof ArrayBuffer)) {
    throw body.refuse('UNSUPPORTED_VALUE', 'shared memory does not travel: copy it into an ArrayBuffer', node)
  }
  if (Reflect.get(buffer, 'resizable') === true) {
    throw body.refuse('UNSUPPORTED_VALUE', 'a resizable ArrayBuffer does not travel: copy it with slice()', node)
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
  if (bytes.length > limits.maxBinaryBytes) throw limitExceeded(limits, 'maxBinaryBytes', bytes.length, pathOf(node))
  return `["ArrayBuffer","${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}"]`
}

const fewElements = 1024

/**
 * Listing the own keys of a view makes a string for each element, half a second for a mebibyte. A long view is compared
 * with a fresh copy instead, which differs in extra properties alone; only a hidden one would be missed there.
 */
function refuseExtras(view: ArrayBufferView, node: Node, body: BodyWriter): void {
  const length = view instanceof DataView ? 0 : view.byteLength
  if (length <= fewElements) {
    const extra = Reflect.ownKeys(view).find((name) => typeof name === 'symbol' || !isIndex(name))
    if (extra !== undefined) throw refuseExtra(node, typeof extra === 'symbol' ? undefined : extra, body)
    return
  }
  const copy = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
  const twin: unknown = Buffer.isBuffer(view) ? Buffer.from(copy) : Reflect.construct(view.constructor, [copy])
  if (Object.getOwnPropertySymbols(view).length > 0 || !isDeepStrictEqual(view, twin))
    throw refuseExtra(node, undefined, body)
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
