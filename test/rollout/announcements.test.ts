import { expect, test } from 'vitest'
import { openConnection } from '../../src/connection/connection.ts'
import { announcedMs, contractIdOf, createAnnouncements } from '../../src/rollout/announcements.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { announcer, knownText } from './announcer.ts'

test('what somebody announces at length is not read, and hides nobody else', async () => {
  const [prefix, client] = [freshPrefix(), openClient()]
  const announcements = createAnnouncements('people', prefix, { client })
  await announcements.write({ id: 'genuine', ...announcer }, knownText(['nightly']))
  const key = `${prefix}:people:brine:announced`
  const plant = async (name: string, value: string) => {
    await client.hset(key, name, value)
    await client.zadd(`${key}:until`, Date.now() + announcedMs * 10, name)
  }
  const id = (n: number) => String(n).padStart(16, 'A')
  const long = knownText(['x'.repeat(400_000)])
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
  for (let n = 0; n < 12; n++) {
    const text = knownText([`${n}`, 'x'.repeat(200_000)])
    await announcements.write({ id: `worker-${n}`, ...announcer }, text)
    expect(contractIdOf(text)).toHaveLength(16)
  }
  expect(await announcements.readOthers('another')).toHaveLength(5)
  await connection.close()
})
