/** Lua: `serverMs()` returns the time of Redis' clock as text, in milliseconds since 1970, which is how BullMQ passes times to its scripts. */
export const serverMsLua = `local function serverMs()
  local now = redis.call('TIME')
  return string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000))
end`

/** These scripts receive the time from the process. `addJobScheduler` does too, but keeps what it receives: a seal may depend on it. */
export const timedScripts: readonly string[] = [
  ...['changeDelay', 'moveStalledJobsToWait', 'moveToActive', 'moveToDelayed', 'moveToFinished', 'retryJob'],
  ...['moveToWaitingChildren', 'releaseParentIfNoPendingDependencies', 'updateJobScheduler'],
]

// The comment at the head of each script names its arguments.
const timeArgument = /^\s*(ARGV\[\d+\]) +timestamp\b/m

// Both add a delayed job; the second reschedules one that deduplication found. `timestamp` is the creation time by the producer's clock, which is stored.
const addsNew = /^(addDelayedJob\(jobId, delayedKey, eventsKey, )timestamp,/m
const addsAgain = /^( +addDelayedJob\(\w+, delayedKey, eventsKey, )timestamp,/gm

/**
 * Makes a script of BullMQ use the clock of Redis, so that all processes agree on which jobs are due. A delay begins when Redis adds
 * the job, unless the user gave a `timestamp`.
 */
export function byServerTime(command: string, lua: string): string {
  if (command === 'addDelayedJob') {
    const added = lua.replace(addsNew, "$1opts['timestamp'] or serverMs(),").replace(addsAgain, '$1serverMs(),')
    return added === lua ? lua : `${serverMsLua}\n${added}`
  }
  const [, argument] = timeArgument.exec(lua) ?? []
  return timedScripts.includes(command) && argument !== undefined
    ? `${serverMsLua}\n${argument} = serverMs()\n${lua}`
    : lua
}
