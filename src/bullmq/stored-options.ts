/** BullMQ lists the names in options, and of a mebibyte of names that V8 hashes alike that takes ten seconds. */
export const longestOptions = 64 * 1024

type Form = (value: unknown) => boolean

const isNumber: Form = Number.isFinite
/** Redis counts by it, and refuses fractions. */
const isCount: Form = (value) => Number.isSafeInteger(value) && Number(value) >= 0
// BullMQ writes -1 for all.
const isCountOrAll: Form = (value) => value === -1 || isCount(value)
const isFlag: Form = (value) => typeof value === 'boolean'
const isText: Form = (value) => typeof value === 'string'
const isObject: Form = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const keeps: Form = (value) =>
  isFlag(value) ||
  isCountOrAll(value) ||
  (isObject(value) && has(value, { age: isNumber, count: isCountOrAll, limit: isCount }))

// BullMQ looks a strategy up by its name, also among what every object has.
const isStrategy: Form = (value) => typeof value === 'string' && !(value in Object.prototype)
const backsOff: Form = (value) =>
  isNumber(value) || (isObject(value) && has(value, { type: isStrategy, delay: isNumber, jitter: isNumber }))

const repeats: Form = (value) =>
  isObject(value) &&
  has(value, {
    ...{
      pattern: isText,
      key: isText,
      tz: isText,
      every: isNumber,
      limit: isNumber,
      count: isNumber,
      offset: isNumber,
    },
    ...{ prevMillis: isNumber, immediately: isFlag },
  })

/** What BullMQ's code and scripts would trip over when they take, retry or end the job, by the names that are stored. */
const forms: Readonly<Record<string, Form>> = {
  ...{ attempts: isNumber, delay: isNumber, priority: isNumber, stackTraceLimit: isNumber, keepLogs: isCount },
  ...{ kl: isCount, lifo: isFlag, backoff: backsOff, removeOnComplete: keeps, removeOnFail: keeps },
  ...{ repeat: repeats, de: isObject, deduplication: isObject, repeatJobKey: isText, prevMillis: isNumber },
}

/** Whether a job's stored options are such as BullMQ writes, as far as it relies on them. */
export function areOptions(options: Readonly<Record<string, unknown>>): boolean {
  return has(options, forms)
}

function has(given: unknown, parts: Readonly<Record<string, Form>>): boolean {
  return Object.entries(Object(given)).every(
    ([name, value]) =>
      value === undefined || value === null || !Object.hasOwn(parts, name) || parts[name]?.(value) === true,
  )
}
