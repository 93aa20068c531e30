import { expect, onTestFinished, test } from 'vitest'
import { openConnection } from '../../src/queue/connection/connection.ts'
import { createSender } from '../../src/queue/connection/send.ts'
import { redisUrl } from '../connection.ts'

/** As ioredis has it in a minified bundle: its name is that of its class. */
class M extends Error {
  override get name(): string {
    return this.constructor.name
  }
}

test('a command that ioredis gave up is sent again, whatever a bundler made of the names of its errors', async () => {
  const connection = openConnection(redisUrl, 'fail')
  onTestFinished(() => connection.close())
  let sent = 0
  const answer = createSender(connection, 5_000).send(async () => {
    if (sent++ === 0) throw new M('Reached the max retries per request limit (which is 0). Refer to …')
    return connection.client.echo('answered')
  })
  expect(await answer).toBe('answered')
})
