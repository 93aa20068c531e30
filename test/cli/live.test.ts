import { beforeAll, expect, test, vi } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { brine, brineProcess } from './brine.ts'
import { setStage } from './project/stage.ts'

// Processes take a while to start where others start theirs.
vi.setConfig({ testTimeout: 90_000 })

const prefix = freshPrefix()

beforeAll(async () => {
  const client = await setStage(prefix, redisUrl)
  client.disconnect()
})

test('brine check --live says what of Redis this build would fail with, in a table and to machines, and exits with 1', async () => {
  const [table, machine, well] = await Promise.all([
    brineProcess(['check', '--live'], { prefix }),
    brine(['check', '--live', '--json', '--queue', 'loans'], { prefix }),
    brine(['check', '--live', '--queue', 'orders', '--sample', '10'], { prefix }),
  ])
  expect(table).toMatchObject({ code: 1, err: '' })
  expect(table.out).toMatch(/TEXT_INVALID .*broken/)
  expect(machine.code).toBe(1)
  expect(JSON.parse(machine.out)).toMatchObject({
    safe: false,
    queues: [{ queue: 'loans', groups: [{ code: 'TEXT_INVALID', ids: ['broken'] }] }],
  })
  expect(well.code).toBe(0)
})

test('brine retire says what is in use', async () => {
  const { code, out } = await brineProcess(['retire', '--json'], { prefix })
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ unread: { count: 0 }, retirable: [] })
  expect(JSON.parse(out).uses).toContainEqual(
    expect.objectContaining({ kind: 'job', queue: 'orders', name: 'order', version: 1 }),
  )
})
