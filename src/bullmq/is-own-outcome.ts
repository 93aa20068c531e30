import { errorField } from './job-fields.ts'
import { isLost } from './patient-backend.ts'
import type { StoredBackend } from './stored-backend.ts'

/** The end that an attempt stores: its encoded result, or its encoded error. */
export interface OwnEnd {
  readonly state: 'completed' | 'failed'
  readonly text: string
}

/**
 * Whether BullMQ refuses to store an end because it is stored already: a connection that is lost sends its commands again, also one whose
 * answer alone was lost.
 */
export async function isOwnOutcome(
  backend: StoredBackend,
  error: unknown,
  jobId: string,
  own: OwnEnd,
): Promise<boolean> {
  if (!isLost(error)) return false
  const [stored] = await backend.readOutcomes([jobId])
  if (stored?.state === 'completed') return own.state === 'completed' && stored.text === own.text
  if (stored?.state === 'failed') return own.state === 'failed' && stored.encoded === own.text
  return stored?.state === 'missing' && isAmongEvents(backend, jobId, own)
}

// A job of which nothing is kept has its end among the newest events.
const command = 'brineEndInEvents'
const lua = `
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 200)) do
  local values = {}
  for at = 1, #entry[2], 2 do values[entry[2][at]] = entry[2][at + 1] end
  if values['jobId'] == ARGV[1] and values[ARGV[2]] == ARGV[3] then return 1 end
end
return 0
`

async function isAmongEvents(backend: StoredBackend, jobId: string, { state, text }: OwnEnd): Promise<boolean> {
  const client = await backend.client
  if (!Reflect.has(client, command)) client.defineCommand(command, { numberOfKeys: 1, lua })
  const field = state === 'completed' ? 'returnvalue' : errorField
  return (await client.runCommand(command, [backend.toKey('events'), jobId, field, text])) === 1
}
