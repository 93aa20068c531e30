import { createMonitor } from 'brinemq/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { contracts, work } from '../rollout/houses.ts'

test('tells which contracts the workers of a queue run, and which lag behind in what', async () => {
  const prefix = freshPrefix()
  const contract = contracts.before(prefix)
  const monitor = createMonitor(contract, { connection: redisUrl })
  onTestFinished(() => monitor.close())
  expect(await monitor.queue(contract).contracts()).toEqual([])
  const workers = [
    work(contract, { name: 'a' }),
    work(contract, { name: 'b' }),
    work(contracts.newTag(prefix), { name: 'c' }),
  ]
  await Promise.all(workers.map(({ worker }) => worker.waitUntilReady()))
  expect(await monitor.queue(contract).contracts()).toMatchObject([
    {
      workers: [{ name: 'a', pid: process.pid }, { name: 'b' }],
      lacks: ['model boat@1'],
      knows: { jobs: { build: { version: 1 } } },
    },
    { workers: [{ name: 'c' }], lacks: [] },
  ])
})
