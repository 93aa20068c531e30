import { refuseCostlyHost } from '../limits/costly-host.ts'
import { headStack, withoutFrames } from '../model/error-state.ts'
import { datePrototype, isFakeMark } from '../realm/built-in-of.ts'
import { getterOf } from '../realm/intrinsics.ts'
import type { BodyWriter } from './body-writer.ts'
import type { WriteKind } from './codec-context.ts'
import { defaultParseOperations } from './devalue.ts'
import type { Node } from './node.ts'
import { ownStrings, refuseExtra, refuseOwn } from './own-properties.ts'

/** Reads one tagged entry that names no other. `undefined` when it is not exactly what the writer would have written. */
export type ReadLeaf = (entry: readonly unknown[]) => object | bigint | undefined

/** A built-in that is whole in its own entry. Both directions stand together, so that they cannot drift apart. */
export interface Leaf {
  readonly prototype: object
  readonly write: WriteKind
  readonly read: ReadLeaf
}

const { fromISOString, fromRegExpInfo, fromStringValue } = defaultParseOperations

// The intrinsics, taken before any user code could replace them, and called on exact prototypes only.
const { getTime, toISOString } = Date.prototype
const sourceOf = getterOf(RegExp.prototype, 'source')
const flagsOf = getterOf(RegExp.prototype, 'flags')
const hrefOf = getterOf(URL.prototype, 'href')
const searchOf = URLSearchParams.prototype.toString

const plainDate = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

const date: Leaf = {
  prototype: datePrototype,
  write(node, body) {
    refuseOwn(node, body, (name) => isFakeMark(node.value, name))
    return `["Date","${Number.isNaN(getTime.call(node.value)) ? '' : toISOString.call(node.value)}"]`
  },
  read(entry) {
    const iso = entry[1]
    if (typeof iso !== 'string' || entry.length !== 2) return undefined
    const value: Date = fromISOString(iso)
    // Read and written back, but for a day that every month has, which is read as what it says.
    if (plainDate.test(iso)) return value
    return iso === (Number.isNaN(getTime.call(value)) ? '' : toISOString.call(value)) ? value : undefined
  },
}

// `lastIndex` is state that a regular expression carries from match to match. devalue has no room for it, and reads past it.
const regExp: Leaf = {
  prototype: RegExp.prototype,
  write(node, body) {
    for (const name of ownStrings(node, body)) if (name !== 'lastIndex') throw refuseExtra(node, name, body)
    const [source, flags] = [String(sourceOf.call(node.value)), String(flagsOf.call(node.value))]
    const { lastIndex } = node.value as RegExp
    if (!Number.isSafeInteger(lastIndex) || lastIndex < 0) {
      throw body.refuse('UNSUPPORTED_VALUE', 'its lastIndex is no position in a string', node, 'lastIndex')
    }
    body.patterns.take(source, flags, () => body.pathOf(node))
    if (lastIndex > 0) return `["RegExp",${JSON.stringify(source)},"${flags}",${lastIndex}]`
    return `["RegExp",${JSON.stringify(source)}${flags === '' ? '' : `,"${flags}"`}]`
  },
  read([, source, flags, lastIndex, ...rest]) {
    if (typeof source !== 'string' || rest.length > 0) return undefined
    if (flags !== undefined && (typeof flags !== 'string' || (flags === '' && lastIndex === undefined)))
      return undefined
    const value: RegExp = fromRegExpInfo(source, flags)
    if (sourceOf.call(value) !== source || flagsOf.call(value) !== (flags ?? '')) return undefined
    if (lastIndex === undefined) return value
    if (typeof lastIndex !== 'number' || !Number.isSafeInteger(lastIndex) || lastIndex < 1) return undefined
    value.lastIndex = lastIndex
    return value
  },
}

const url: Leaf = {
  prototype: URL.prototype,
  write(node, body) {
    refuseOwn(node, body)
    const href = String(hrefOf.call(node.value))
    refuseCostlyHost(href, () => body.pathOf(node))
    body.urls.push(node)
    return `["URL",${JSON.stringify(href)}]`
  },
  read([, href, ...rest]) {
    if (typeof href !== 'string' || rest.length > 0) return undefined
    const value = fromStringValue('URL', href)
    return hrefOf.call(value) === href ? value : undefined
  },
}

const urlSearchParams: Leaf = {
  prototype: URLSearchParams.prototype,
  write(node, body) {
    refuseOwn(node, body)
    body.searches.push(node)
    return `["URLSearchParams",${JSON.stringify(searchOf.call(node.value))}]`
  },
  read([, search, ...rest]) {
    if (typeof search !== 'string' || rest.length > 0) return undefined
    const value = fromStringValue('URLSearchParams', search)
    return searchOf.call(value) === search ? value : undefined
  },
}

const domNameOf = getterOf(DOMException.prototype, 'name')
const domMessageOf = getterOf(DOMException.prototype, 'message')

// What an aborted signal throws. Its code follows from its name.
const domException: Leaf = {
  prototype: DOMException.prototype,
  write(node, body) {
    for (const name of ownStrings(node, body)) if (name !== 'stack') throw refuseExtra(node, name, body)
    const [message, name] = [String(domMessageOf.call(node.value)), String(domNameOf.call(node.value))]
    return `["DOMException",${JSON.stringify(message)},${JSON.stringify(name)}]`
  },
  read([, message, name, ...rest]) {
    if (typeof message !== 'string' || typeof name !== 'string' || rest.length > 0) return undefined
    const value = withoutFrames(() => new DOMException(message, name))
    headStack(value)
    return value
  },
}

const canonicalInteger = /^(?:0|-?[1-9]\d*)$/

/** Whether a text is the one way to write a whole number in decimal digits. */
export function isCanonicalInteger(digits: string): boolean {
  return canonicalInteger.test(digits)
}

/** The leaves by their tags. A bigint is no object, so the writer writes it where it stands. */
export const leaves: ReadonlyMap<string, Leaf> = new Map([
  ['Date', date],
  ['RegExp', regExp],
  ['URL', url],
  ['URLSearchParams', urlSearchParams],
  ['DOMException', domException],
])

export function readBigInt(entry: readonly unknown[]): bigint | undefined {
  const digits = entry[1]
  return typeof digits === 'string' && isCanonicalInteger(digits) ? BigInt(digits) : undefined
}

/** The `searchParams` of a URL writes through to it. Apart they travel well; together they would come back as strangers. */
export function refuseLinkedSearches(body: BodyWriter): void {
  const linked = new Set<object>(body.urls.map(({ value }) => Reflect.get(URL.prototype, 'searchParams', value)))
  const search: Node | undefined = body.searches.find(({ value }) => linked.has(value))
  if (search === undefined) return
  throw body.refuse(
    'UNSUPPORTED_VALUE',
    'this is the searchParams of a URL that travels too: send the URL alone',
    search,
  )
}
