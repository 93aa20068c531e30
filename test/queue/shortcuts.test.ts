import { expect, test, vi } from 'vitest'
import { StoredQueue } from '../../src/bullmq/stored-queue.ts'
import { readBullMQVersion, testedVersions } from '../../src/bullmq/tested-versions.ts'
import { judgeBullMQ } from '../../src/doctor/judge-bullmq.ts'
import { openProducer, openWorker, peopleQueue } from './people.ts'

const installed = readBullMQVersion()
let isTested = true
vi.mock(import('../../src/bullmq/tested-versions.ts'), async (load) => ({
  ...(await load()),
  allowsShortcuts: () => isTested,
}))

async function run() {
  const contract = peopleQueue()
  const { bullmq, enqueue } = openProducer(contract)
  if (!(bullmq instanceof StoredQueue)) throw new Error('the queue of a producer is a StoredQueue')
  const { backend } = bullmq
  const call = backend.calls && vi.spyOn(backend.calls, 'call')
  const alike = vi.spyOn(backend, 'addAlike')
  openWorker(contract, (payload) => payload)
  for (let n = 0; n < 5; n += 1) expect(await (await enqueue('anything', n)).result()).toBe(n)
  const shortened = await Promise.all(alike.mock.results.map(({ value }) => value))
  return { shortcuts: shortened.filter((added) => added !== undefined).length, calls: call?.mock.calls.length ?? 0 }
}

test('the installed BullMQ is a tested release, with which the shortcuts are used', async () => {
  expect(testedVersions).toContain(installed)
  const { shortcuts, calls } = await run()
  expect(shortcuts).toBe(4)
  expect(calls).toBeGreaterThan(0)
  expect(judgeBullMQ(installed)).toMatchObject([{ level: 'ok', about: 'bullmq' }])
})

test('with another release BullMQ adds every job itself', async () => {
  isTested = false
  expect(await run()).toEqual({ shortcuts: 0, calls: 0 })
  expect(judgeBullMQ('6.99.0')).toMatchObject([
    { level: 'warning', remedy: `install a tested release: npm install bullmq@${installed}` },
  ])
  expect(judgeBullMQ(undefined)).toEqual([])
})
