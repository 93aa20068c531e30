import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { canRun, why } from './native-redis.ts'
import { open, type Refusal, refusals } from './refusals.ts'
import { openChance, printFigures, some, whole } from './scale.ts'

describe.skipIf(!canRun)(`a Redis that refuses writes${why}`, () => {
  test(
    'again and again: no job fails, and none runs twice',
    async () => {
      // Longer than this process may be kept from running: a job that stalls is not one that had returned within its lock.
      const { producer, client, runs } = await open({ lockDuration: 20_000 })
      const [refusal] = refusals as [Refusal]
      const total = some(5_000)
      const chance = openChance()
      let flapping = true
      let times = 0
      const flap = (async () => {
        for (; flapping; times += 1) {
          await refusal.begin(client)
          await wait(chance(1, 2))
          await refusal.end(client)
          await wait(chance(10, 20))
        }
      })()
      const since = performance.now()
      const jobs: { result(options: { timeoutMs: number }): Promise<number> }[] = []
      // Over a minute, in a whole run. An enqueue that is refused says so; by its id it is sent again.
      for (let n = 0; n < total; n += 1) {
        await wait(since + (n * some(60_000)) / total - performance.now())
        const send = () => producer.enqueue('charge', n, { jobId: `charge-${n}` })
        let job = await send().catch(() => undefined)
        while (!job) job = await send().catch(() => undefined)
        jobs.push(job)
      }
      const ends = await Promise.allSettled(jobs.map((job) => job.result({ timeoutMs: 120_000 })))
      flapping = false
      await flap
      const twice = [...runs.values()].filter((count) => count !== 1).length
      const failed = ends.filter(({ status }) => status === 'rejected').length
      const seconds = Math.round((performance.now() - since) / 1_000)
      printFigures('min-replicas-to-write flaps', { seconds, times, jobs: total, failed, twice })
      expect(ends.filter(({ status }) => status === 'rejected')).toEqual([])
      expect(runs.size).toBe(total)
      expect(twice).toBe(0)
      expect(await producer.control.counts()).toMatchObject({ completed: total, failed: 0, active: 0 })
    },
    whole ? 180_000 : 60_000,
  )
})
