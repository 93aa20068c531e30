import type { ScriptBackend } from './script-backend.ts'

const command = 'brineFindOrphanedJob'
// The list of active jobs begins with the newest. Other workers may have taken jobs since.
const mostLooked = 1_000

// The job was not started, so `ats` (maxStartedAttempts) does not count this.
const lua = `
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, ${mostLooked - 1})) do
  local lock = id ~= ARGV[3] and redis.pcall('GET', ARGV[1] .. id .. ':lock')
  if lock == ARGV[2] then
    redis.pcall('HINCRBY', ARGV[1] .. id, 'ats', -1)
    return id
  end
end
return ''
`

/** Returns the id of an active job whose lock has `token`, other than `known`; undefined if there is none. */
export async function findOrphanedJob(backend: ScriptBackend, token: string, known = ''): Promise<string | undefined> {
  const client = await backend.client
  if (!Reflect.has(client, command)) client.defineCommand(command, { numberOfKeys: 1, lua })
  const id: unknown = await client.runCommand(command, [backend.toKey('active'), backend.toKey(''), token, known])
  return typeof id === 'string' && id !== '' ? id : undefined
}
