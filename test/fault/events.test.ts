import { setTimeout as wait } from 'node:timers/promises'
import { createProducer, createWorker, defineQueue } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import type { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openClient } from '../connection.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'

const contract = defineQueue('followed', { jobs: { note: { payload: z.number(), result: z.number() } } })

const faults: Readonly<Record<string, (client: Redis) => Promise<unknown>>> = {
  'that becomes a replica for a second': async (client) => {
    await client.replicaof('127.0.0.1', 1)
    await wait(1_000)
    await client.replicaof('NO', 'ONE')
  },
  'that wakes whoever waits in it with an error': async (client) => {
    const list = String(await client.client('LIST'))
    for (const line of list.split('\n').filter((one) => /cmd=xread/i.test(one))) {
      await client.client('UNBLOCK', /id=(\d+)/.exec(line)?.[1] ?? 0, 'ERROR')
    }
  },
  'that hangs up': (client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
  'that lacks replicas for a second': async (client) => {
    await client.config('SET', 'min-replicas-to-write', 1)
    await wait(1_000)
    await client.config('SET', 'min-replicas-to-write', 0)
  },
}

describe.skipIf(!canRun)(`events of a queue${why}`, () => {
  test.each(Object.entries(faults))(
    'are followed on after a server %s',
    async (_, fault) => {
      const redis = await nativeRedis()
      await redis.start()
      const connection = `redis://127.0.0.1:${redis.port}`
      const client = openClient(connection)
      const producer = createProducer(contract, { connection, enqueueTimeoutMs: 20_000 })
      const monitor = createMonitor(contract, { connection })
      const onError = () => {}
      const handlers = { note: (n: number) => n }
      const worker = createWorker(contract, { connection, shutdownOnSignals: false, onError, handlers })
      onTestFinished(() =>
        Promise.all([producer.close(), monitor.close(), worker.close({ graceMs: 0 })]).then(() => {}),
      )
      const heard = [producer, monitor.queue(contract)].map((follower) => {
        const results: unknown[] = []
        const read = async () => {
          for await (const event of follower.events({ after: '0' })) {
            if (event.type === 'missed') results.push('missed')
            if (event.type === 'completed') results.push(event.name === undefined ? event.unreadable : event.result)
          }
        }
        const ended = read().catch((error: unknown) => results.push(error))
        void ended
        return results
      })
      for (let round = 0; round < 3; round += 1) {
        expect(await (await producer.enqueue('note', round)).result()).toBe(round)
        // They wait for the next.
        await expect.poll(() => heard.map(({ length }) => length)).toEqual([round + 1, round + 1])
        await wait(50)
        await fault(client)
      }
      await producer.enqueue('note', 3)
      await expect
        .poll(() => heard)
        .toEqual([
          [0, 1, 2, 3],
          [0, 1, 2, 3],
        ])
    },
    60_000,
  )

  test('end with a code where Redis does not let them be read', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const connection = `redis://127.0.0.1:${redis.port}`
    const client = openClient(connection)
    const producer = createProducer(contract, { connection })
    onTestFinished(() => producer.close())
    await client.set('bull:followed:events', 'no stream')
    const next = producer.events({ after: '0' }).next()
    await expect(next).rejects.toMatchObject({ code: 'REDIS_REFUSED', message: expect.stringContaining('WRONGTYPE') })
  })
})
