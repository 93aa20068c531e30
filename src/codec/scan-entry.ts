import { limitExceeded } from '../limits/limits.ts'
import { errorRecord } from './error-values.ts'
import type { Shape } from './flat.ts'
import { HOLE, SPARSE } from './format.ts'
import type { Scanner } from './scan.ts'
import { scanTagged } from './scan-tagged.ts'

/** Checks one entry, and tells its shape. */
export function scanEntry(scan: Scanner, entry: unknown, at: number): Shape {
  if (entry === null || typeof entry === 'string' || typeof entry === 'boolean') return 'primitive'
  if (typeof entry === 'number') {
    if (!Number.isFinite(entry) || Object.is(entry, -0)) throw scan.refuse(at, 'a number is not as a writer writes it')
    return 'primitive'
  }
  if (Array.isArray(entry)) {
    if (typeof entry[0] === 'string') return scanTagged(scan, entry[0], entry, at)
    return entry[0] === SPARSE ? scanSparse(scan, entry, at) : scanList(scan, entry, at)
  }
  return scanRecord(scan, entry as Record<string, unknown>, at)
}

function scanRecord(scan: Scanner, entry: Readonly<Record<string, unknown>>, at: number): Shape {
  const isError = scan.isErrorRecord(at)
  const names = Object.keys(entry)
  scan.collisions.takeNames(names, () => scan.pathOf(at))
  for (const name of names) {
    if (name === '__proto__') throw scan.refuse(at, 'a property is named __proto__')
    if (isError && !errorRecord.has(name))
      throw scan.refuse(at, 'an error has a hidden property that errors do not have')
    const isOwn = isError && name === 'own'
    scan.name(entry[name], at, isOwn ? undefined : name)
    if (isOwn) scan.takeErrorOwn(entry[name] as number)
  }
  return 'record'
}

function scanList(scan: Scanner, entry: readonly unknown[], at: number): Shape {
  const { limits } = scan.knowledge
  if (entry.length > limits.maxArrayLength) throw limitExceeded(limits, 'maxArrayLength', entry.length, scan.pathOf(at))
  let holes = 0
  for (let index = 0; index < entry.length; index += 1) {
    if (entry[index] === HOLE) holes += 1
    else scan.name(entry[index], at, index)
  }
  if (holes > limits.maxHoles) throw limitExceeded(limits, 'maxHoles', holes, scan.pathOf(at))
  if (holes > 0) scan.dense = false
  return 'list'
}

function scanSparse(scan: Scanner, entry: readonly unknown[], at: number): Shape {
  const { limits } = scan.knowledge
  const length = entry[1]
  if (!isCount(length) || entry.length % 2 === 1)
    throw scan.refuse(at, 'a sparse array has no length, or an index no value')
  if (length > limits.maxArrayLength) throw limitExceeded(limits, 'maxArrayLength', length, scan.pathOf(at))
  let before = -1
  for (let place = 2; place < entry.length; place += 2) {
    const index = entry[place]
    if (!isCount(index) || index <= before || index >= length)
      throw scan.refuse(at, 'an index of a sparse array is out of order')
    scan.name(entry[place + 1], at, index)
    before = index
  }
  const holes = length - (entry.length - 2) / 2
  if (holes > limits.maxHoles) throw limitExceeded(limits, 'maxHoles', holes, scan.pathOf(at))
  return 'sparse'
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)
}
