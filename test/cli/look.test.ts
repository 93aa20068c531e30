import { beforeAll, describe, expect, test, vi } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { brine, brineProcess, type Ran, startBrine } from './brine.ts'
import { setStage } from './project/stage.ts'

// Processes take a while to start where others start theirs.
vi.setConfig({ testTimeout: 90_000 })

const prefix = freshPrefix()
const run = (...args: string[]) => brine(args, { prefix })
// Each command as users run it, once.
const runProcess = (...args: string[]) => brineProcess(args, { prefix })
const json = ({ out }: Ran): unknown => JSON.parse(out)

beforeAll(async () => {
  const client = await setStage(prefix, redisUrl)
  client.disconnect()
})

describe('brine status', () => {
  test('shows counts, times and what failures are about', async () => {
    const [table, machine, one] = await Promise.all([
      runProcess('status'),
      run('status', '--json'),
      run('status', '--queue', 'orders', '--json'),
    ])
    expect(table).toMatchObject({ code: 0, err: '' })
    const lines = table.out.split('\n').map((line) => line.split(/ {2,}/))
    expect(lines[0]).toEqual([
      'queue',
      'waiting',
      'prio',
      'delayed',
      'children',
      'active',
      'completed',
      'failed',
      'quarantined',
      'workers',
    ])
    expect(lines[1]).toEqual(['loans', '3', '0', '1', '0', '0', '1', '2', '1', '0'])
    expect(table.out).toContain('no reader … among #')
    expect(machine.code).toBe(0)
    expect(json(machine)).toMatchObject([
      {
        queue: 'loans',
        paused: false,
        counts: { waiting: 3, delayed: 1, completed: 1, failed: 2 },
        oldest: { id: 'next', waitsMs: expect.any(Number) },
        times: { jobs: 3, runMs: { median: expect.any(Number) } },
        failures: [{ job: 'lend', kind: 'RangeError', count: 2, message: 'no reader … among #' }],
      },
      { queue: 'orders', counts: { waiting: 1 }, failures: [] },
    ])
    expect(json(one)).toMatchObject([{ queue: 'orders' }])
  })

  test('refreshes until Ctrl-C, which is no failure', async () => {
    const watching = startBrine(['status', '--watch', '--interval', '100ms', '--json'], { prefix })
    await watching.said(']\n[')
    watching.child.kill('SIGINT')
    expect(await watching.ended).toBe(0)
    const [first = ''] = watching.out.split('\n')
    expect(JSON.parse(first)).toHaveLength(2)
  })
})

describe('brine jobs', () => {
  test('lists the jobs of a state, with one that nobody can read in the midst', async () => {
    const [table, machine, page] = await Promise.all([
      runProcess('jobs', '--state', 'waiting'),
      run('jobs', '--state', 'waiting', '--json'),
      run('jobs', '-s', 'failed', '--count', '1'),
    ])
    expect(table.code).toBe(0)
    expect(table.out).not.toContain('\u001b')
    expect(table.out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['queue', 'job', 'id'],
      ['loans', 'remind', 'next'],
      ['loans', 'remind', 'broken'],
      ['loans', 'remind', 'both'],
      ['orders', 'order', 'both'],
      [''],
    ])
    expect(table.out).toContain('TEXT_INVALID')
    const jobs = json(machine)
    expect(jobs).toMatchObject({
      state: 'waiting',
      total: 4,
      jobs: [
        { id: 'next', queue: 'loans', name: 'remind', maxAttempts: 1 },
        { id: 'broken', payload: { unreadable: { code: 'TEXT_INVALID', path: '$' } } },
        { id: 'both', queue: 'loans' },
        { id: 'both', queue: 'orders' },
      ],
    })
    expect(page.out).toContain('RangeError')
    expect(page.err).toContain('1 of 2 failed jobs of loans; --start 1 goes on')
  })
})

describe('brine show', () => {
  test('shows a job as a person would like to read it', async () => {
    const [done, failed, broken] = await Promise.all([
      runProcess('show', 'done'),
      run('show', 'lost'),
      run('show', 'broken'),
    ])
    expect(done.code).toBe(0)
    for (const words of [
      'completed',
      'Reader',
      'Ann',
      'Bob',
      '2030-01-01',
      '500n',
      'A7',
      'looked for Ann',
      'Circular',
    ]) {
      expect(done.out).toContain(words)
    }
    expect(failed.out).toMatch(/RangeError.*no reader "Nobody" among 31/)
    expect(broken).toMatchObject({ code: 0, err: '' })
    expect(broken.out).toContain('TEXT_INVALID remind $')
  })

  test('tells machines the same', async () => {
    const shown = await run('show', 'done', '--json')
    expect(json(shown)).toMatchObject({
      id: 'done',
      state: 'completed',
      queue: 'loans',
      name: 'lend',
      payload: { bytes: expect.any(Number), value: expect.anything() },
      result: { value: expect.anything() },
    })
  })

  test('says when there is no such job, or more than one', async () => {
    const [gone, goneJson, both, chosen] = await Promise.all([
      run('show', 'gone'),
      run('show', 'gone', '--json'),
      run('show', 'both'),
      run('show', 'both', '--queue', 'orders'),
    ])
    expect(gone).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('there is no job gone in loans, orders'),
    })
    expect(json(goneJson)).toMatchObject({ error: { message: expect.stringContaining('gone') } })
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('--queue') })
    expect(chosen).toMatchObject({ code: 0, out: expect.stringContaining('Money') })
  })
})

describe('brine tail', () => {
  test('tells what happens, decoded, until Ctrl-C', async () => {
    const [lines, machine] = [
      startBrine(['tail', '--after', '0'], { prefix }),
      startBrine(['tail', '--after', '0', '--json', '--queue', 'loans', '--type', 'completed', 'failed'], { prefix }),
    ]
    await Promise.all([lines.said('order both'), lines.said('waiting remind both'), machine.said('lost-too')])
    for (const { child } of [lines, machine]) child.kill('SIGINT')
    expect(await Promise.all([lines.ended, machine.ended])).toEqual([0, 0])
    expect(lines.out).toMatch(/loans completed lend done .*A7/)
    expect(lines.out).toMatch(/loans failed lend lost .*no reader/)
    const events = machine.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.map(({ type, id }) => ({ type, id }))).toEqual([
      { type: 'completed', id: 'done' },
      { type: 'failed', id: 'lost' },
      { type: 'failed', id: 'lost-too' },
    ])
  })
})
