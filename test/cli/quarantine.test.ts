import { createProducer, createWorker } from 'brinemq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { rejection } from '../queue/people.ts'
import { brine, brineProcess, type Ran } from './brine.ts'
import { loans } from './project/library.ts'
import { ann } from './project/stage.ts'

vi.setConfig({ testTimeout: 90_000 })

test('lists, shows, replays and discards what is in quarantine', async () => {
  const prefix = freshPrefix()
  const run = (...args: string[]) => brine(['quarantine', ...args], { prefix })
  const json = ({ out }: Ran): unknown => JSON.parse(out)
  expect(await run('list')).toMatchObject({ code: 0, out: 'no jobs in the quarantine of loans, orders\n' })
  const producer = createProducer(loans, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  const remind = (jobId: string) => ({ name: 'remind' as const, payload: { to: ann() }, options: { jobId } })
  const jobs = await producer.enqueueBulk(['cut', 'renamed', 'renamed-too'].map(remind))
  const client = openClient()
  await client.hset(`${prefix}:loans:cut`, 'data', '{"brine":1,')
  for (const id of ['renamed', 'renamed-too']) await client.hset(`${prefix}:loans:${id}`, 'name', 'remember')
  const worker = createWorker(loans, {
    connection: redisUrl,
    prefix,
    shutdownOnSignals: false,
    handlers: { lend: () => ({ shelf: '', at: new Date() }), remind: () => {} },
  })
  await Promise.all(jobs.map((job) => rejection(job.result())))
  await worker.close()

  const [table, machine, shown, unasked, which, dry, other] = await Promise.all([
    brineProcess(['quarantine', 'list'], { prefix }),
    run('list', '--code', 'JOB_UNKNOWN', '--json'),
    run('show', 'cut'),
    run('discard', 'cut'),
    run('discard'),
    run('replay', '--all', '--dry-run', '--json'),
    brine(['retry', 'cut'], { prefix }),
  ])
  expect(table.out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ['queue', 'jobs', 'code', 'job'],
    ['loans', '2', 'JOB_UNKNOWN', 'remember'],
    ['loans', '1', 'TEXT_INVALID', 'remind'],
    [''],
    ['queue', 'id', 'job', 'code'],
    ...Array(3).fill(['loans', expect.any(String), expect.any(String), expect.any(String)]),
    [''],
  ])
  expect(json(machine)).toMatchObject([
    { queue: 'loans', total: 2, groups: [{ code: 'JOB_UNKNOWN', count: 2 }], jobs: [{ code: 'JOB_UNKNOWN' }, {}] },
    { queue: 'orders', total: 0, groups: [], jobs: [] },
  ])
  expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/quarantined.*TEXT_INVALID/s) })
  expect(unasked).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
  expect(which).toMatchObject({ code: 2, err: expect.stringContaining('--all') })
  expect(dry.code).toBe(1)
  expect(json(dry)).toMatchObject([{ queue: 'loans', replayed: 0, passed: 0, refused: [{ count: 2 }, { count: 1 }] }])
  expect(other).toMatchObject({ code: 1, err: expect.stringContaining('brine quarantine') })

  await client.hset(`${prefix}:loans-quarantine:renamed`, 'was:name', 'remind')
  const replayed = await run('replay', '--job', 'remember', '--passing')
  expect(replayed).toMatchObject({ code: 1, out: expect.stringContaining('replayed 1 of loans') })
  expect(replayed.out).toContain('JOB_UNKNOWN')
  const [discarded, gone] = [await run('discard', 'cut', '--yes'), await run('discard', 'cut', '--yes')]
  expect(discarded).toMatchObject({ code: 0, out: 'discarded 1 of loans\n' })
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('not in the quarantine of loans, orders: cut') })
  expect(await producer.quarantine.count()).toBe(1)
})

test('tells of times that somebody wrote, which no clock can show', async () => {
  const prefix = freshPrefix()
  const producer = createProducer(loans, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  const job = await producer.enqueue('remind', { to: ann() }, { jobId: 'later', delay: 60_000 })
  const kept = await producer.enqueue('remind', { to: ann() }, { jobId: 'kept' })
  const client = openClient()
  await client.hset(`${prefix}:loans:kept`, 'data', 'cut')
  const worker = createWorker(loans, {
    ...{ connection: redisUrl, prefix, shutdownOnSignals: false },
    handlers: { lend: () => ({ shelf: '', at: new Date() }), remind: () => {} },
  })
  await rejection(kept.result())
  await worker.close()
  const entry = `${prefix}:loans-quarantine:kept`
  const record = JSON.parse(String(await client.hget(entry, 'data')))
  await client.hset(entry, 'data', JSON.stringify({ ...record, at: '+999999-99-99' }))
  await client.hset(`${prefix}:loans:later`, { timestamp: '1e300', processedOn: '9'.repeat(20), finishedOn: '1e300' })
  await client.zadd(`${prefix}:loans:delayed`, 1e300, 'later')
  await producer.enqueue('remind', { to: ann() }, { jobId: 'waits' })
  await client.hset(`${prefix}:loans:waits`, 'timestamp', `-${'9'.repeat(20)}`)
  const run = (...args: string[]) => brine(args, { prefix })
  const ran = await Promise.all([
    run('quarantine', 'list'),
    run('quarantine', 'show', 'kept'),
    run('show', 'later'),
    run('jobs', '--state', 'delayed'),
    run('jobs', '--state', 'delayed', '--json'),
    run('status'),
  ])
  for (const { code, out, err } of ran) {
    expect(code, err).toBe(0)
    expect(out + err).not.toMatch(/NaN|Invalid/)
  }
  expect(await job.info()).toMatchObject({ enqueuedAt: undefined, endedAt: undefined })
})
