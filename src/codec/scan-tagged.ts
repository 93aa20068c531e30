import { refuseCostlyHost } from '../limits/costly-host.ts'
import { limitExceeded } from '../limits/limits.ts'
import { views } from '../model/built-in-classes.ts'
import { errorTags } from './error-values.ts'
import type { Shape, TaggedModel } from './flat.ts'
import { NAN, NEGATIVE_INFINITY, NEGATIVE_ZERO, POSITIVE_INFINITY, UNDEFINED } from './format.ts'
import { leaves } from './leaves.ts'
import { type Scanner, special } from './scan.ts'
import { isCount } from './scan-entry.ts'

const boxable: ReadonlySet<unknown> = new Set([NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY, NEGATIVE_ZERO])
const modelTag = /^([^@]+)@([1-9]\d{0,8})$/

/** Checks an entry that begins with a tag, and tells its shape. */
export function scanTagged(scan: Scanner, tag: string, entry: readonly unknown[], at: number): Shape {
  if (tag === 'Set' || tag === 'Map') {
    if (tag === 'Map' && entry.length % 2 === 0) throw scan.refuse(at, 'a Map has a key without a value')
    for (let place = 1; place < entry.length; place += 1) scan.name(entry[place], at, place - 1)
    return tag === 'Set' ? 'set' : 'map'
  }
  if (tag === 'null') return scanNullPrototype(scan, entry, at)
  if (tag === 'BigInt') return scanBigInt(scan, entry, at)
  if (leaves.has(tag)) return scanLeaf(scan, tag, entry, at)
  if (tag === 'ArrayBuffer') return scanBytes(scan, entry, at)
  if (tag === 'Object') return scanBoxed(scan, entry, at)
  if (tag === 'Buffer' || views.has(tag)) return scanView(scan, tag, entry, at)
  // An instance of an error may have a record of what it has beside its fields.
  if (entry.length !== 2 && (entry.length !== 3 || errorTags.has(tag)))
    throw scan.refuse(at, 'a tagged entry must reference exactly one value')
  if (errorTags.has(tag)) return scanError(scan, entry, at)
  return scanModel(scan, tag, entry, at)
}

function scanNullPrototype(scan: Scanner, entry: readonly unknown[], at: number): Shape {
  if (entry.length % 2 === 0) throw scan.refuse(at, 'an object has a name without a value')
  const names = new Set<string>()
  for (let place = 1; place < entry.length; place += 2) {
    const name = entry[place]
    if (typeof name !== 'string' || name === '__proto__' || names.has(name))
      throw scan.refuse(at, 'a property has no good name')
    names.add(name)
    scan.name(entry[place + 1], at, name)
  }
  scan.collisions.takeNames([...names], () => scan.pathOf(at))
  return 'null'
}

function scanBigInt(scan: Scanner, entry: readonly unknown[], at: number): Shape {
  const { limits } = scan.knowledge
  const digits = entry[1]
  if (entry.length !== 2 || typeof digits !== 'string') throw scan.refuse(at, 'a bigint is no text of digits')
  const count = digits.startsWith('-') ? digits.length - 1 : digits.length
  if (count > limits.maxBigIntDigits) throw limitExceeded(limits, 'maxBigIntDigits', count, scan.pathOf(at))
  return 'bigint'
}

function scanLeaf(scan: Scanner, tag: string, [, source, flags]: readonly unknown[], at: number): Shape {
  if (tag === 'RegExp' && typeof source === 'string')
    scan.patterns.take(source, typeof flags === 'string' ? flags : '', () => scan.pathOf(at))
  if (tag === 'URL' && typeof source === 'string') refuseCostlyHost(source, () => scan.pathOf(at))
  return 'leaf'
}

function scanBytes(scan: Scanner, entry: readonly unknown[], at: number): Shape {
  const { limits } = scan.knowledge
  const base64 = entry[1]
  if (entry.length !== 2 || typeof base64 !== 'string') throw scan.refuse(at, 'an ArrayBuffer is no base64 text')
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  const bytes = Math.floor((base64.length * 3) / 4) - padding
  if (bytes > limits.maxBinaryBytes) throw limitExceeded(limits, 'maxBinaryBytes', bytes, scan.pathOf(at))
  return 'bytes'
}

function scanBoxed(scan: Scanner, entry: readonly unknown[], at: number): Shape {
  const inner = entry[1]
  if (entry.length !== 2) throw scan.refuse(at, 'a boxed primitive holds more or less than one')
  if (boxable.has(inner)) return 'boxed'
  scan.name(inner, at, undefined)
  const boxed = scan.entries[inner as number]
  const isBigInt = Array.isArray(boxed) && boxed[0] === 'BigInt'
  if (boxed === null || inner === UNDEFINED || (typeof boxed === 'object' && !isBigInt))
    throw scan.refuse(at, 'what is boxed is no primitive')
  return 'boxed'
}

function scanView(scan: Scanner, tag: string, entry: readonly unknown[], at: number): Shape {
  scan.name(entry[1], at, undefined)
  const bytes = scan.entries[entry[1] as number]
  const isWhole = entry.length === 2
  const isPart = entry.length === 4 && tag !== 'Buffer' && isCount(entry[2]) && isCount(entry[3])
  if (!Array.isArray(bytes) || bytes[0] !== 'ArrayBuffer' || !(isWhole || isPart))
    throw scan.refuse(at, 'a view is of no ArrayBuffer')
  return 'view'
}

function scanError(scan: Scanner, entry: readonly unknown[], at: number): Shape {
  scan.takeErrorRecord(nameRecord(scan, entry[1], at))
  return 'error'
}

function nameRecord(scan: Scanner, ref: unknown, at: number): number {
  const record = scan.namePayload(ref, at)
  const payload = scan.entries[record]
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload) || record <= at)
    throw scan.refuse(at, 'an error names no record behind it')
  return record
}

function scanModel(scan: Scanner, tag: string, entry: readonly unknown[], at: number): Shape {
  scan.takeModel(at, tag, () => findModel(scan, tag, at))
  if (special.has(entry[1])) scan.name(entry[1], at, undefined)
  else scan.namePayload(entry[1], at)
  if (entry.length === 3) nameRecord(scan, entry[2], at)
  return 'model'
}

function findModel(scan: Scanner, tag: string, at: number): TaggedModel {
  const [, name = '', number] = modelTag.exec(tag) ?? []
  const model = scan.knowledge.registry.byTag.get(name)
  if (model === undefined)
    throw scan.refuse(
      at,
      'no model has the tag that this names: add the model to models, or the old tag to its aliases',
      'TAG_UNKNOWN',
    )
  const version = Number(number)
  if (version > model.version) {
    throw scan.refuse(
      at,
      `'${model.tag}' is of version ${version} here, and this build reads to ${model.version}: deploy the newer one`,
      'VERSION_NEWER',
    )
  }
  if (version < model.version && !model.upcast.has(version)) {
    throw scan.refuse(
      at,
      `'${model.tag}' is of version ${version} here, and has no upcast from it: give one`,
      'VERSION_OLDER',
    )
  }
  return { model, version }
}
