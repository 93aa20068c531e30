import { describe, expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { canRun, why } from '../fault/native-redis.ts'
import { rejection } from '../queue/people.ts'
import { redisWithUsers, users } from './redis-users.ts'

describe.skipIf(!canRun)(`the users of docs/security.md${why}`, () => {
  test.each([...users])(
    'refuse %s every command that they do not name, other keys and other channels',
    async (user, rules) => {
      const { admin, as } = await redisWithUsers()
      const granted = new Set(rules.filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1)))
      const known = readCommands((await admin.call('COMMAND')) as CommandReply[])
      const open = known.filter(({ flags }) => flags.includes('no_auth')).map(({ name }) => name)
      const dryRun = async (...words: string[]) =>
        String(await admin.call('ACL', 'DRYRUN', user, ...words).catch(String))
      const allowed: string[] = []
      for (const { name, arity } of known) {
        const words = name.split('|')
        const answer = await dryRun(...words, ...Array<string>(Math.max(0, Math.abs(arity) - words.length)).fill('1'))
        if (!answer.includes('no permissions to run')) allowed.push(name)
      }
      expect(allowed.filter((name) => !open.includes(name)).sort()).toEqual([...granted].sort())

      const [own = ''] = rules.filter((rule) => rule.startsWith('~'))
      const key = own.slice(1).replace('*', 'key')
      expect(await dryRun('GET', key)).toBe('OK')
      for (const other of ['other', 'brin:key', `x${key}`]) {
        expect(await dryRun('GET', other)).toContain('no permissions to access')
      }
      // As whoever has taken the user's password.
      const client = openClient(as(user))
      expect(`${await rejection(client.set('other', '1'))}`).toContain('NOPERM')
      if (granted.has('eval')) {
        const script = (command: string) => `return redis.call('${command}', '${key}', '1')`
        for (const command of ['PFADD', 'APPEND', ...(user === 'watcher' ? ['SET', 'LPUSH', 'SADD'] : [])]) {
          expect(`${await rejection(client.eval(script(command), 0))}`, command).toMatch(
            /no permission|NOPERM|can't run/,
          )
        }
        expect(`${await rejection(client.eval("return redis.call('GET', 'other')", 0))}`).toMatch(
          /no permission|NOPERM|can't access/,
        )
      }
      for (const channel of ['other', 'brine:cancel']) {
        if (granted.has('publish') && channel !== 'other') continue
        expect(`${await rejection(client.publish(channel, '1'))}`).toContain('NOPERM')
      }
      const writes = known.filter(({ name, flags }) => granted.has(name) && flags.includes('write'))
      if (user === 'watcher') expect(writes).toEqual([])
      expect(await admin.exists('other', key)).toBe(0)
    },
  )
})

type CommandReply = readonly [name: string, arity: number, flags: readonly string[], ...rest: unknown[]]

/** Every command of a server, those within others as `client|list`. */
function readCommands(replies: readonly CommandReply[]): { name: string; arity: number; flags: readonly string[] }[] {
  return replies.flatMap(([name, arity, flags, ...rest]) => {
    const within = rest[6]
    const inner = Array.isArray(within) && within.length > 0 ? readCommands(within as CommandReply[]) : []
    return inner.length > 0 ? inner : [{ name, arity, flags }]
  })
}
