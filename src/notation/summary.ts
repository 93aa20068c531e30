import { anatomyOf } from './inspect-object.ts'
import { leafOf } from './leaf.ts'
import { plainLine } from './quote.ts'

const counted: Readonly<Record<string, readonly [one: string, many: string]>> = {
  object: ['property', 'properties'],
  array: ['element', 'elements'],
  map: ['entry', 'entries'],
  set: ['member', 'members'],
}

/** The type and size of a value, and nothing else of it: `text of 12 characters`, `Map of 3 entries`, `Person`. */
export function summaryOf(value: unknown): string {
  if (typeof value === 'string') return `text of ${count(value.length, ['character', 'characters'])}`
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return typeof value
  const anatomy = anatomyOf(value, () => undefined)
  if (anatomy === undefined) return ArrayBuffer.isView(value) ? leafOf(value, 0, false).text : kindOf(value)
  const { kind, size, label } = anatomy
  const [name = ''] = label.split('(')
  const known = counted[kind]
  const called = plainLine(name, 100) || (kind === 'array' ? 'Array' : 'Object')
  return known && (kind !== 'object' || label === '') ? `${called} of ${count(size, known)}` : called
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

function count(of: number, [one, many]: readonly [string, string]): string {
  return `${of} ${of === 1 ? one : many}`
}
