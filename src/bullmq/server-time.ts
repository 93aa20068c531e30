/** A function `serverMs` of a script: milliseconds since 1970 by the clock of Redis, as BullMQ's scripts are told the time. */
export const serverMsLua = `local function serverMs()
  local now = redis.call('TIME')
  return string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000))
end`

/**
 * BullMQ tells these scripts what time it is where the process runs. `addJobScheduler` is not among them: what it is told may be sealed.
 */
const toldTheTime: ReadonlySet<string> = new Set([
  ...[
    'changeDelay',
    'moveStalledJobsToWait',
    'moveToActive',
    'moveToDelayed',
    'moveToFinished',
    'moveToWaitingChildren',
  ],
  ...['releaseParentIfNoPendingDependencies', 'retryJob', 'updateJobScheduler'],
])

// As the comment at the head of each has it.
const place = /^\s*(ARGV\[\d+\]) +timestamp\b/m

// Where a job is added that waits; the second is one that deduplication has there already. `timestamp` is when the job was made, by the clock
// of its producer, and is stored.
const addsNew = /^(addDelayedJob\(jobId, delayedKey, eventsKey, )timestamp,/m
const addsAgain = /^( +addDelayedJob\(\w+, delayedKey, eventsKey, )timestamp,/gm

/**
 * A script of BullMQ that goes by the clock of Redis, so that all who use a queue agree on what is due. A delay begins when Redis takes
 * the job, unless its options say when it was made.
 */
export function byServerTime(command: string, lua: string): string {
  if (command === 'addDelayedJob') {
    const added = lua.replace(addsNew, "$1opts['timestamp'] or serverMs(),").replace(addsAgain, '$1serverMs(),')
    return added === lua ? lua : `${serverMsLua}\n${added}`
  }
  const [, argument] = place.exec(lua) ?? []
  return toldTheTime.has(command) && argument !== undefined ? `${serverMsLua}\n${argument} = serverMs()\n${lua}` : lua
}
