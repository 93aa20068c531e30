import { QueueKeys } from 'bullmq'
import { longestJobId } from '../contract/job-options.ts'
import { slotPattern } from '../seal/seal-context.ts'

/** BullMQ keeps its own lists under these names, beside the jobs under their ids. */
export const listNames: ReadonlySet<string> = new Set(Object.keys(new QueueKeys().getKeys('')))
const otherKeys = /^(?:de|dn|metrics|brine):|:(?:lock|logs|dependencies|processed|failed|unsuccessful)$/
const runsId = new RegExp(`^repeat:(.+)${slotPattern}`, 's')

/** `shortId(prefix, id)` in Lua: the id of a job that is taken; in place of an id that no job can have, because it is too long, a digest. */
export const shortIdLua = `
local function shortId(prefix, id)
  if #id <= ${longestJobId} then return id end
  local short = 'too-long-' .. redis.sha1hex(id)
  redis.call('LREM', prefix .. 'active', -1, id)
  redis.call('LPUSH', prefix .. 'active', short)
  return short
end
`

/** What stands in place of bytes that are no UTF-8. */
export const notUtf8 = '\ufffd'

/**
 * Whether a job can have this id. Whoever may write to Redis can put any bytes among the ids of those that wait; under some of them
 * stands a key of the queue itself, and BullMQ would take that for the job.
 */
export function isJobId(id: string): boolean {
  return !(listNames.has(id) || otherKeys.test(id) || id.includes(notUtf8) || (isRun(id) && !runsId.test(id)))
}

/** Whether a job's id is of the form that only the jobs of schedules have. */
export function isRun(id: string): boolean {
  return id.startsWith('repeat:')
}

/** The id of the schedule whose job has this id. */
export function scheduleOf(id: string): string | undefined {
  return runsId.exec(id)?.[1]
}

/** The schedule and the slot that the id of a job names; undefined for a job that no schedule has made. */
export function runOf(id: string): { schedule: string; slot: number } | undefined {
  const [, schedule, slot] = runsId.exec(id) ?? []
  return schedule === undefined ? undefined : { schedule, slot: Number(slot) }
}
