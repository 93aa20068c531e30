import { readFile } from 'node:fs/promises'
import { openClient } from '../connection.ts'
import { nativeRedis } from '../fault/native-redis.ts'

/** The rules of the users that docs/security.md tells to make, by their names. */
export const users = new Map<string, string[]>()
const page = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8')
for (const [, name = '', rules = ''] of page.matchAll(/^ACL SETUSER (\w+) (.+)$/gm)) {
  users.set(name, [...(users.get(name) ?? []), ...rules.split(' ')])
}

/** A Redis of its own that has these users, for the running test; and `operator`, who may do what producers and watchers may. */
export async function redisWithUsers() {
  const redis = await nativeRedis()
  await redis.start()
  const admin = openClient(`redis://127.0.0.1:${redis.port}`)
  const granted = [...(users.get('watcher') ?? [])].filter((rule) => rule.startsWith('+'))
  const operator = [...(users.get('producer') ?? []), ...granted]
  for (const [name, rules] of [...users, ['operator', operator] as const]) {
    await admin.acl('SETUSER', name, ...rules.map((rule) => (rule.startsWith('>') ? '>secret' : rule)))
  }
  return { admin, as: (name: string) => `redis://${name}:secret@127.0.0.1:${redis.port}` }
}
