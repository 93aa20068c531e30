import { expect, onTestFinished, test } from 'vitest'
import { openConnection } from '../../src/connection/connection.ts'
import { createSender } from '../../src/connection/sender.ts'
import { redisUrl } from '../connection.ts'

/** As ioredis has it in a minified bundle: its name is that of its class. */
class M extends Error {
  override get name(): string {
    return this.constructor.name
  }
}

test.each([
  'Reached the max retries per request limit (which is 0). Refer to …',
  'Too many Cluster redirections. Last error: ReplyError: MOVED 1 127.0.0.1:7000',
])(
  'a command that ioredis gave up is sent again, whatever a bundler made of the names of its errors: %s',
  async (words) => {
    const connection = openConnection(redisUrl, 'fail')
    onTestFinished(() => connection.close())
    let sent = 0
    const answer = createSender(connection, 5_000).send(async () => {
      if (sent++ === 0) throw new M(words)
      return connection.client.echo('answered')
    })
    expect(await answer).toBe('answered')
  },
)
