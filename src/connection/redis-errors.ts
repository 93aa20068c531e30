import { BrineError } from '../errors.ts'

/** Whether an error is what Redis answered. By name: the user's client may come from another copy of ioredis. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

/** Whether a script broke off, so that a part of what it does may have been done. What Redis refuses as a whole names no script. */
export function isScriptError(error: unknown): boolean {
  return isReply(error) && /user_script|Error running script/.test(error.message)
}

// What a server says while it is a replica, full, starting, saving, or busy with a script, and what it tells whoever it woke for one of these.
const passing = /^(?:READONLY|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|LOADING|MASTERDOWN|BUSY|OOM|MISCONF|UNBLOCKED)\b/

/** Whether Redis refuses for a while only: the same command, sent later, may be done. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.message.startsWith('Too many Cluster redirections')) return true
  return isReply(error) && passing.test(firstRefusal(error).message)
}

/**
 * Whether a script broke off after it had begun to write. Redis refuses for a while only the first write of a script, so such a refusal is
 * none.
 */
export function isBroken(error: unknown): boolean {
  return isScriptError(error) && !isPassing(error)
}

/** A transaction says only that it was discarded, and its first command why. */
function firstRefusal(reply: Error): Error {
  const previous: unknown = Reflect.get(reply, 'previousErrors')
  return Array.isArray(previous) && previous[0] instanceof Error ? previous[0] : reply
}

/** What a reply becomes that is an error: out of memory, no permission, a key that holds another kind of value. `done` says what was done. */
export function refused(reply: Error, done = doneBefore(reply)): BrineError {
  // Not as the cause, and without the arguments that some replies quote: both hold what was to be stored.
  const [words] = firstRefusal(reply).message.split(', with args')
  return new BrineError('REDIS_REFUSED', `Redis answered '${words}'${done}; mend that there`)
}

function doneBefore(reply: Error): string {
  return isBroken(reply) ? ', and a part may have been done' : ', and nothing was done'
}
