import type { ScriptBackend } from './script-backend.ts'

const command = 'brineFindTaken'
// What was taken last stands first, and since then others may have taken some.
const mostLooked = 1_000

// Nothing was started, and a worker's maxStartedAttempts is not to hear of it.
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

/** The id of a job that was taken under `token`; undefined when there is none but `known`. */
export async function findOrphanedJob(backend: ScriptBackend, token: string, known = ''): Promise<string | undefined> {
  const client = await backend.client
  if (!Reflect.has(client, command)) client.defineCommand(command, { numberOfKeys: 1, lua })
  const id: unknown = await client.runCommand(command, [backend.toKey('active'), backend.toKey(''), token, known])
  return typeof id === 'string' && id !== '' ? id : undefined
}
