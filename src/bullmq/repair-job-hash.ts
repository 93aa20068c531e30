import { BrineError } from '../errors.ts'
import { readTime } from '../read-time.ts'
import { cutField, parentField } from './job-fields.ts'
import { isJobId, scheduleOf } from './job-id.ts'
import { areOptions, longestOptions } from './stored-options.ts'

/** What keeps a taken job from being run, and fields to put right so that BullMQ's scripts can move it out of the way. */
export interface Damage {
  error: BrineError
  fields: Record<string, string>
}

// A parent that names none: BullMQ's scripts read this field when a job ends, and cannot end one whose field is no JSON.
const noParent = '{"id":"","queueKey":""}'

// As Redis reads those that it counts up.
const whole = /^(?:0|-?[1-9]\d{0,17})$/
const amount = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/

// Those that BullMQ counts up stop its scripts halfway when they are no numbers.
const numbers: Readonly<Record<string, RegExp>> = {
  ...{ atm: whole, ats: whole, stc: whole },
  ...{ timestamp: amount, delay: amount, priority: amount },
}

/**
 * Makes a job's hash, as a flat list of names and values, readable by BullMQ, which would throw outside of every handler
 * and keep the job's slot, or stop halfway when the job ends. What was damaged is told, and the job is not run. In Redis
 * nothing changes, but when such a job has to be failed a broken `parent` moves to `brine:parent`.
 *
 * `id` is what a worker took it under; nobody else asks whether it fits.
 */
export function repairJobHash(hash: unknown[], id?: string): Damage | undefined {
  if (id !== undefined && !isJobId(id)) {
    return {
      error: invalid(undefined, 'no job can have its id, which is no UTF-8 or names a key of the queue'),
      fields: {},
    }
  }
  let damage: Damage | undefined
  let name: string | undefined
  let schedule: string | undefined
  const scheduleId = id === undefined ? undefined : scheduleOf(id)
  let parent: string | undefined
  let parentKey: string | undefined
  const missing = new Set(['data', 'opts', 'timestamp'])
  const damaged = (field: string, fields: Record<string, string> = {}) => {
    damage ??= {
      error: invalid(name, `the field '${field}' of the job's hash is not what BullMQ writes there`),
      fields: {},
    }
    Object.assign(damage.fields, fields)
  }
  for (let index = 0; index < hash.length; index += 2) {
    const field = String(hash[index])
    const value = String(hash[index + 1])
    missing.delete(field)
    switch (field) {
      case 'name':
        name = value
        break
      case 'opts':
        if (isOptions(value)) break
        damaged('opts')
        hash[index + 1] = '{}'
        break
      case 'parentKey':
        parentKey = value
        break
      case 'rjk':
        schedule = value
        if (value === (scheduleId ?? value)) break
        damaged('rjk')
        hash[index + 1] = scheduleId
        break
      case 'parent':
        parent = keyOfParent(value)
        if (parent !== undefined) break
        damaged('parent', { parent: noParent, [parentField]: value })
        hash[index + 1] = noParent
        break
      case 'progress':
        // The handler starts anew, and nobody in a worker asks what an earlier attempt reported.
        hash[index + 1] = '0'
        break
      case 'returnvalue':
        // Of an earlier run. BullMQ would parse it.
        hash[index + 1] = 'null'
        break
      case 'stacktrace':
        // BullMQ adds the next stack to those that stand there, and prints them all.
        if (!areTexts(value)) hash[index + 1] = '[]'
        break
      case cutField:
        if (value === '') break
        damage ??= { error: tooLong(name, value), fields: {} }
        for (const cut of value.split(',')) missing.delete(cut)
        break
      default: {
        const form = Object.hasOwn(numbers, field) ? numbers[field] : undefined
        if (form === undefined || (form.test(value) && isKnown(field, Number(value)))) break
        damaged(field, form === whole ? { [field]: '0', [`brine:${field}`]: value } : {})
        hash[index + 1] = '0'
      }
    }
  }
  // BullMQ writes to the hash when it takes a job, and so it exists again.
  if (name === undefined && missing.has('data')) {
    const error = new BrineError('JOB_REMOVED', 'the job is gone from Redis, but its id still stood in the queue')
    return { error, fields: damage?.fields ?? {} }
  }
  // One tells the parent which child has ended, and the other where the parent is.
  if (!damage && parent !== parentKey) damaged(parent === undefined ? 'parent' : 'parentKey')
  for (const field of missing) damaged(field)
  // By it the next job of a schedule is made, when this one is taken.
  if (scheduleId !== undefined && schedule === undefined) {
    damaged('rjk')
    hash.push('rjk', scheduleId)
  }
  return damage
}

/** Handlers get the timestamp as a Date. */
function isKnown(field: string, value: number): boolean {
  return field === 'timestamp' ? readTime(value) !== undefined : Number.isFinite(value)
}

function invalid(job: string | undefined, remedy: string): BrineError {
  return new BrineError('TEXT_INVALID', `${remedy}; enqueue it anew`, { job })
}

function tooLong(job: string | undefined, fields: string): BrineError {
  const remedy = `the job's hash is too long for any worker: ${fields.slice(0, 200)}; enqueue it again, with a smaller payload`
  return new BrineError('LIMIT_EXCEEDED', remedy, { job })
}

/** Redis' own parser reads this field when the job ends. It refuses lone surrogates and deep nesting, which JSON.parse reads. */
function keyOfParent(text: string): string | undefined {
  const parent = readObject(text) ?? {}
  const { id, queueKey } = parent
  const isFlat = Object.entries(parent)
    .flat()
    .every((one) => (typeof one === 'string' ? one.isWellFormed() : typeof one !== 'object' || one === null))
  if (!isFlat) return undefined
  return typeof id === 'string' && typeof queueKey === 'string' ? `${queueKey}:${id}` : undefined
}

const longestRemembered = 1_000
// Jobs that come one after the other mostly have the same.
let lastOptions = '{}'

// What BullMQ's script would stumble over once the handler has run.
function isOptions(text: string): boolean {
  if (text === lastOptions) return true
  const options = readObject(text)
  const isSound = options !== undefined && areOptions(options)
  if (isSound && text.length <= longestRemembered) lastOptions = text
  return isSound
}

function areTexts(text: string): boolean {
  try {
    const traces: unknown = JSON.parse(text)
    return Array.isArray(traces) && traces.every((trace) => typeof trace === 'string')
  } catch {
    return false
  }
}

function readObject(text: string): Record<string, unknown> | undefined {
  if (text.length > longestOptions) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** The same of a hash as an object, for listings. */
export function repairQuarantineHash(hash: Readonly<Record<string, string>>): Record<string, string> {
  const flat = Object.entries(hash).flat()
  repairJobHash(flat)
  return Object.fromEntries(flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])))
}

/** Whether BullMQ can parse the data of a job. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text || '{}')
    return true
  } catch {
    return false
  }
}
