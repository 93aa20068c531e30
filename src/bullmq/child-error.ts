import { readBoundedFields } from './bounded-read.ts'
import { keptErrorField } from './job-fields.ts'
import type { StoredBackend } from './stored-backend.ts'

/** A child's error as its parent keeps it. */
export interface KeptError {
  name: string
  encoded: string
}

const fieldOf = (childKey: string) => keptErrorField + childKey

const longestName = 1_000

// A parent that is gone is not to come back as a hash that holds nothing else, and somebody may have put something else in its place.
const command = 'brineKeepError'
const lua = `if redis.call('TYPE', KEYS[1])['ok'] == 'hash' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end`

/** Keeps the error of a child whose hash will be gone when its parent runs, in the parent's hash, which goes with the parent. */
export async function keepError(
  commands: StoredBackend,
  parentKey: string,
  childKey: string,
  { name, encoded }: KeptError,
): Promise<void> {
  const client = await commands.client
  // A name in JSON holds no end of a line; the text stays as it is.
  client.defineCommand(command, { numberOfKeys: 1, lua })
  await client.runCommand(command, [parentKey, fieldOf(childKey), `${JSON.stringify(name)}\n${encoded}`])
}

export async function readKeptError(
  commands: StoredBackend,
  parentKey: string,
  childKey: string,
): Promise<KeptError | undefined> {
  const client = await commands.client
  const [text] = await readBoundedFields(client, parentKey, [fieldOf(childKey)], longestName + commands.maxTextBytes)
  const end = text?.indexOf('\n') ?? -1
  if (!text || end < 0) return undefined
  try {
    return { name: String(JSON.parse(text.slice(0, end))), encoded: text.slice(end + 1) }
  } catch {
    // Somebody else wrote it: the child's message is what is left.
    return undefined
  }
}
