import { fewKeys, hasManyIntegers } from '../../limits/key-collisions.ts'
import { isCount } from '../scan-entry.ts'
import type { Decode } from './compile-decoder.ts'
import { type FieldsReader, failed } from './fields-reader.ts'

type SizeTest = (size: number) => boolean

/** How many follow. */
function nextSize(reader: FieldsReader, test: SizeTest): number | typeof failed {
  const size = reader.next()
  return isCount(size) && reader.enter() && test(size) ? size : failed
}

export function decodeList(decode: Decode, test: SizeTest): Decode {
  return (reader) => {
    const size = nextSize(reader, test)
    if (size === failed || size > reader.limits.maxArrayLength) return failed
    const list: unknown[] = []
    for (let index = 0; index < size; index += 1) {
      const value = decode(reader)
      if (value === failed) return failed
      list.push(value)
    }
    reader.leave()
    return list
  }
}

export function decodeTuple(decoders: readonly Decode[]): Decode {
  return (reader) => {
    if (!reader.enter()) return failed
    const list: unknown[] = []
    for (const decode of decoders) {
      const value = decode(reader)
      if (value === failed) return failed
      list.push(value)
    }
    reader.leave()
    return list
  }
}

export function decodeSet(decode: Decode, test: SizeTest): Decode {
  return (reader) => {
    const size = nextSize(reader, test)
    if (size === failed) return failed
    const set = new Set<unknown>()
    for (let index = 0; index < size; index += 1) {
      const member = decode(reader)
      if (member === failed) return failed
      set.add(member)
    }
    reader.leave()
    return set.size === size ? set : failed
  }
}

export function decodeMap(decodeKey: Decode, decodeValue: Decode, test: SizeTest): Decode {
  return (reader) => {
    const size = nextSize(reader, test)
    if (size === failed) return failed
    const map = new Map<unknown, unknown>()
    for (let index = 0; index < size; index += 1) {
      const key = decodeKey(reader)
      if (key === failed) return failed
      const value = decodeValue(reader)
      if (value === failed) return failed
      map.set(key, value)
    }
    reader.leave()
    return map.size === size ? map : failed
  }
}

export function decodeDictionary(decode: Decode, test: (name: string) => boolean): Decode {
  return (reader) => {
    const size = nextSize(reader, () => true)
    if (size === failed) return failed
    const record: Record<string, unknown> = {}
    for (let index = 0; index < size; index += 1) {
      const name = reader.next()
      if (typeof name !== 'string' || name === '__proto__' || Object.hasOwn(record, name) || !test(name)) return failed
      const value = decode(reader)
      if (value === failed) return failed
      record[name] = value
    }
    reader.leave()
    return size > fewKeys && hasManyIntegers(Object.keys(record)) ? failed : record
  }
}
