import { BrineError } from '../../errors.ts'

/** Whether an error is what Redis answered. By name: the user's client may come from another copy of ioredis. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

/** Whether a script broke off, so that a part of what it does may have been done. What Redis refuses as a whole names no script. */
export function isScriptError(error: unknown): boolean {
  return isReply(error) && /user_script|Error running script/.test(error.message)
}

/** What a reply becomes that is an error: out of memory, no permission, a key that holds another kind of value. */
export function refused(reply: Error): BrineError {
  const previous: unknown = Reflect.get(reply, 'previousErrors')
  // A transaction says only that it was discarded, and its first command why.
  const first = Array.isArray(previous) && previous[0] instanceof Error ? previous[0] : reply
  // Not as the cause, and without the arguments that some replies quote: both hold what was to be stored.
  const [words] = first.message.split(', with args')
  return new BrineError('REDIS_REFUSED', `Redis answered '${words}', and nothing was done; mend that there`)
}
