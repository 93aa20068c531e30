import { setTimeout as wait } from 'node:timers/promises'
import { createProducer } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient } from '../connection.ts'
import { type Program, startProgram } from '../program.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'
import { openChance, printFigures, whole } from './scale.ts'
import { type Held, soaked } from './soak.ts'

const soakMs = whole ? 600_000 : 30_000
const killEveryMs = 5_000

describe.skipIf(!canRun)(`a kill every five seconds${why}`, () => {
  test('loses no job, and leaves memory and files as they were', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const url = `redis://127.0.0.1:${redis.port}`
    const env = { REDIS_URL: url, PREFIX: freshPrefix(), SOAK_MS: `${soakMs}` }
    const start = (name: string) => startProgram(`test/fault/${name}.ts`, [], { env })
    const survivor = start('soak-worker')
    const mortals = [start('soak-worker'), start('soak-worker')]
    const producer = start('soak-producer')
    await producer.said('held')

    const kills = { workers: 0, servers: 0, connections: 0 }
    const until = performance.now() + soakMs
    const chance = openChance()
    while (performance.now() < until - killEveryMs) {
      await wait(killEveryMs)
      const fate = chance(0, 3)
      if (fate < 2) {
        mortals[fate]?.child.kill('SIGKILL')
        mortals[fate] = start('soak-worker')
        kills.workers += 1
      } else if (fate === 2) {
        await redis.kill()
        await redis.start()
        kills.servers += 1
      } else {
        await openClient(url).call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        kills.connections += 1
      }
    }
    await producer.said('ended')
    const ended = JSON.parse(/^ended (.*)$/m.exec(producer.out)?.[1] ?? '{}')
    const looking = createProducer(soaked, { connection: url, prefix: env.PREFIX })
    onTestFinished(() => looking.close())
    const counts = await looking.control.counts()
    const held = { worker: heldBy(survivor), producer: heldBy(producer) }
    printFigures('a kill every five seconds', { soakMs, kills, ended, held })
    expect(producer.out).not.toContain('lost')
    expect(ended).toEqual({ enqueued: ended.right, right: ended.right, wrong: 0 })
    expect(counts).toMatchObject({ waiting: 0, active: 0, delayed: 0, failed: 0, quarantined: 0 })
    for (const { early, late } of Object.values(held)) {
      expect(late.heapBytes).toBeLessThan(early.heapBytes * 1.3)
      expect(late.files).toBeLessThanOrEqual(early.files + 2)
    }
  }, 900_000)
})

/** The median of what a process held in the second quarter of its life, and in the last. */
function heldBy({ out }: Program): { early: Held; late: Held } {
  const all = [...out.matchAll(/^held (.*)$/gm)].map(([, json]): Held => JSON.parse(json ?? ''))
  const quarter = Math.floor(all.length / 4)
  return { early: median(all.slice(quarter, 2 * quarter)), late: median(all.slice(-quarter)) }
}

function median(all: readonly Held[]): Held {
  const middle = (numbers: number[]) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
  return { heapBytes: middle(all.map((held) => held.heapBytes)), files: middle(all.map((held) => held.files)) }
}
