import { BrineError } from '../../errors.ts'

/** What keeps a taken job from being run, and fields to put right so that BullMQ's scripts can move it out of the way. */
export interface Damage {
  error: BrineError
  fields: Record<string, string>
}

// A parent that names none: BullMQ's scripts read this field when a job ends, and cannot end one whose field is no JSON.
const noParent = '{"id":"","queueKey":""}'

/**
 * Makes a job's hash, as a flat list of names and values, readable by BullMQ, which would throw outside of every handler
 * and keep the job's slot. What was damaged is told, and the job is then failed like any other. In Redis nothing changes,
 * but a broken `parent` moves to `brine:parent` when the job has failed.
 */
export function mendHash(hash: unknown[]): Damage | undefined {
  let damage: Damage | undefined
  let name: string | undefined
  let hasData = false
  const damaged = (field: string, fields: Record<string, string> = {}) => {
    damage ??= {
      error: invalid(name, `the field '${field}' of the job's hash is not what BullMQ writes there`),
      fields: {},
    }
    Object.assign(damage.fields, fields)
  }
  for (let index = 0; index < hash.length; index += 2) {
    const value = String(hash[index + 1])
    switch (hash[index]) {
      case 'name':
        name = value
        break
      case 'data':
        hasData = true
        break
      case 'opts':
        if (isJsonObject(value)) break
        damaged('opts')
        hash[index + 1] = '{}'
        break
      case 'parent':
        if (isJsonObject(value)) break
        damaged('parent', { parent: noParent, 'brine:parent': value })
        hash[index + 1] = noParent
        break
      case 'progress':
        // The handler starts anew, and nobody in a worker asks what an earlier attempt reported.
        hash[index + 1] = '0'
        break
    }
  }
  // BullMQ writes to the hash when it takes a job, and so it exists again.
  if (name === undefined && !hasData) {
    const error = new BrineError('JOB_REMOVED', 'the job is gone from Redis, but its id still stood in the queue')
    return { error, fields: damage?.fields ?? {} }
  }
  if (!hasData) damaged('data')
  return damage
}

function invalid(job: string | undefined, remedy: string): BrineError {
  return new BrineError('TEXT_INVALID', `${remedy}; enqueue it anew`, { job })
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
