import { expect, test } from 'vitest'
import { openConnection } from '../../src/connection/connection.ts'
import { announcedMs, contractIdOf, createAnnouncements } from '../../src/rollout/announcements.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'

const known = (schedules: string[]) => JSON.stringify({ jobs: {}, models: {}, encodings: [], keys: [], schedules })

test('what somebody announces at length is not read, and hides nobody else', async () => {
  const [prefix, client] = [freshPrefix(), openClient()]
  const announcements = createAnnouncements('people', prefix, { client })
  const writer = {
    name: 'ours',
    host: 'here',
    pid: 1,
    startedAt: new Date(0),
    brinemq: '1.0.0',
    clockAheadMs: undefined,
  }
  await announcements.write({ id: 'genuine', ...writer }, known(['nightly']))
  const key = `${prefix}:people:brine:announced`
  const plant = async (name: string, value: string) => {
    await client.hset(key, name, value)
    await client.zadd(`${key}:until`, Date.now() + announcedMs * 10, name)
  }
  const id = (n: number) => String(n).padStart(16, 'A')
  const long = known(['x'.repeat(400_000)])
  for (let n = 0; n < 20; n++) {
    await plant(`worker:evil-${n}`, `${id(n)}{}`)
    await plant(`contract:${id(n)}`, long)
  }
  await plant(`worker:${'x'.repeat(500_000)}`, `${id(99)}{}`)
  await plant('worker:long', `${id(98)}${'x'.repeat(500_000)}`)
  const before = client.stream.bytesRead
  for (let n = 0; n < 3; n++) {
    expect(await announcements.readOthers('another')).toMatchObject([{ schedules: ['nightly'] }])
  }
  expect((await announcements.readAll()).map((worker) => worker.id)).toEqual(['genuine'])
  expect(client.stream.bytesRead - before).toBeLessThan(50_000)
})

test('much that is announced is read up to a mebibyte', async () => {
  const prefix = freshPrefix()
  const connection = openConnection(redisUrl, 'fail')
  const announcements = createAnnouncements('people', prefix, connection)
  const writer = {
    name: 'ours',
    host: 'here',
    pid: 1,
    startedAt: new Date(0),
    brinemq: undefined,
    clockAheadMs: undefined,
  }
  for (let n = 0; n < 12; n++) {
    const text = known([`${n}`, 'x'.repeat(200_000)])
    await announcements.write({ id: `worker-${n}`, ...writer }, text)
    expect(contractIdOf(text)).toHaveLength(16)
  }
  expect(await announcements.readOthers('another')).toHaveLength(5)
  await connection.close()
})
