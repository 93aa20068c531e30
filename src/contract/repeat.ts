import { types } from 'node:util'
import type { RepeatOptions } from 'bullmq'
import { BrineError, type BrineErrorCode } from '../errors.ts'

/**
 * When a schedule runs, by BullMQ's own names: either `pattern`, a cron pattern of five or six fields (the first of six is
 * seconds), or `every`, in milliseconds, which runs for the first time at once.
 */
export type Repeat = Pick<RepeatOptions, 'tz' | 'limit' | 'startDate' | 'endDate' | 'immediately' | 'offset'> &
  ({ pattern: string; every?: undefined } | { every: number; pattern?: undefined })

/** A repeat whose dates are milliseconds since 1970, without what was undefined, its names in a fixed order. */
export type CheckedRepeat = Omit<RepeatOptions, 'startDate' | 'endDate'> & { startDate?: number; endDate?: number }

type Check = [expectation: string, holds: (value: unknown) => boolean]

const date: Check = [
  'a Date, milliseconds since 1970, or a text that Date reads',
  (value) => !Number.isNaN(millis(value)),
]
const checks: Record<keyof Repeat, Check> = {
  pattern: ['a cron pattern', (value) => typeof value === 'string' && value.trim() !== ''],
  every: ['milliseconds, a whole number from 1', (value) => Number.isSafeInteger(value) && Number(value) >= 1],
  tz: ['a time zone, such as Europe/Berlin', isTimeZone],
  limit: ['a whole number from 1', (value) => Number.isSafeInteger(value) && Number(value) >= 1],
  startDate: date,
  endDate: date,
  immediately: ['true or false', (value) => typeof value === 'boolean'],
  offset: ['milliseconds, a whole number, 0 or more', (value) => Number.isSafeInteger(value) && Number(value) >= 0],
}

/** Throws `code` for what BullMQ would refuse, or pass over in silence. Cron patterns are read where they are sent. */
export function checkRepeat(repeat: unknown, { code, job, path }: RepeatPlace): CheckedRepeat {
  const refuse = (at: string, remedy: string) => new BrineError(code, remedy, { job, path: at })
  if (typeof repeat !== 'object' || repeat === null) throw refuse(path, 'must be { pattern } or { every }')
  const stray = Object.keys(repeat).find((name) => !Object.hasOwn(checks, name))
  if (stray !== undefined)
    throw refuse(`${path}.${stray}`, `is not known here; there are ${Object.keys(checks).join(', ')}`)
  const checked: Record<string, unknown> = {}
  for (const [name, [expectation, holds]] of Object.entries(checks)) {
    const value: unknown = Reflect.get(repeat, name)
    if (value === undefined) continue
    if (!holds(value)) throw refuse(`${path}.${name}`, `must be ${expectation}`)
    checked[name] = name === 'startDate' || name === 'endDate' ? millis(value) : value
  }
  const { pattern, every, immediately, startDate, offset } = checked
  if ((pattern === undefined) === (every === undefined)) throw refuse(path, 'needs either pattern or every, not both')
  if (every !== undefined && immediately !== undefined) {
    throw refuse(`${path}.immediately`, 'works with pattern only: every starts immediately anyway')
  }
  if (pattern !== undefined && offset !== undefined)
    throw refuse(`${path}.offset`, 'works with every only, not with pattern')
  if (immediately === true && startDate !== undefined) {
    throw refuse(`${path}.immediately`, 'cannot be combined with startDate')
  }
  return checked
}

interface RepeatPlace {
  code: BrineErrorCode
  job: string
  path: string
}

function millis(value: unknown): number {
  if (types.isDate(value)) return value.getTime()
  return typeof value === 'number' || typeof value === 'string' ? new Date(value).getTime() : Number.NaN
}

function isTimeZone(value: unknown): boolean {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== ''
  } catch {
    return false
  }
}
