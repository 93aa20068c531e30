import { setTimeout as wait } from 'node:timers/promises'
import { createProducer } from 'brinemq'
import { createMetrics } from 'brinemq/metrics'
import { createMonitor } from 'brinemq/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { printStatus } from '../../src/cli/status/print-status.ts'
import { readStatus } from '../../src/cli/status/read-status.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { startProgram } from '../program.ts'
import { sealedTicks, ticks } from './clocks.ts'

const anHour = 3_600_000

function open() {
  const prefix = freshPrefix()
  const producer = createProducer(ticks, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  return { prefix, producer }
}

async function startWorker(prefix: string, aheadMs: number, more: NodeJS.ProcessEnv = {}) {
  const env = { REDIS_URL: redisUrl, PREFIX: prefix, CLOCK_AHEAD_MS: `${aheadMs}`, ...more }
  const program = startProgram('test/fault/clock-worker.ts', [], { env })
  await program.said('ready')
  return program
}

test.each([anHour, -anHour])(
  'delays last as long as they are by the clock of Redis: a worker is %i ms ahead',
  async (aheadMs) => {
    const { prefix, producer } = open()
    await startWorker(prefix, aheadMs)
    const since = performance.now()
    const delayed = await producer.enqueue('tick', { failures: 0 }, { delay: 2_000 })
    const retried = await producer.enqueue(
      'tick',
      { failures: 1 },
      { attempts: 2, backoff: { type: 'fixed', delay: 2_000 } },
    )
    for (const job of [delayed, retried]) {
      expect(await job.result({ timeoutMs: 20_000 })).toBe('ticked')
      expect(performance.now() - since).toBeGreaterThan(1_900)
    }
    // It was late by no poll of ten seconds.
    expect(performance.now() - since).toBeLessThan(9_000)
  },
)

test.each([anHour, -anHour])('an idle worker asks no more often than others: it is %i ms ahead', async (aheadMs) => {
  const { prefix, producer } = open()
  await producer.enqueue('tick', { failures: 0 }, { delay: 60_000 })
  await startWorker(prefix, aheadMs)
  const monitor = await openClient().monitor()
  onTestFinished(() => monitor.disconnect())
  let asked = 0
  monitor.on('monitor', (_time: string, args: string[]) => {
    if (/^eval/i.test(String(args[0])) && args.some((arg) => arg.startsWith(prefix))) asked += 1
  })
  await wait(2_000)
  expect(asked).toBeLessThan(50)
})

test.each([
  ['without keys', anHour],
  ['without keys', -anHour],
  ['with keys', anHour],
  ['with keys', -anHour],
])('no run of a schedule is left out, nor comes early, %s: a worker is %i ms ahead', async (keys, aheadMs) => {
  const prefix = freshPrefix()
  const sealed = keys === 'with keys'
  const producer = createProducer(sealed ? sealedTicks : ticks, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  await producer.schedules.upsert('pattern', {
    name: 'tick',
    payload: { failures: 0 },
    repeat: { pattern: '*/2 * * * * *' },
  })
  await producer.schedules.upsert('every', { name: 'tick', payload: { failures: 0 }, repeat: { every: 2_000 } })
  const program = await startWorker(prefix, aheadMs, sealed ? { SEALED: 'yes' } : {})
  const runs = (schedule: string) =>
    [...program.out.matchAll(new RegExp(`began repeat:${schedule}:(\\d+) \\d+ at (\\d+)`, 'g'))].map(
      ([, slot, at]) => ({
        slot: Number(slot),
        at: Number(at),
      }),
    )
  await expect.poll(() => Math.min(runs('pattern').length, runs('every').length)).toBeGreaterThanOrEqual(5)
  for (const schedule of ['pattern', 'every']) {
    const found = runs(schedule)
    for (const [index, { slot, at }] of found.entries()) {
      expect(at).toBeGreaterThanOrEqual(slot - 100)
      const before = found[index - 1]
      // A run that begins when the next is due already is followed by a later one, whatever the clocks.
      if (before && before.at < before.slot + 1_900) expect(slot - before.slot).toBe(2_000)
    }
    expect(found.filter(({ slot, at }) => at < slot + 1_900).length).toBeGreaterThan(1)
  }
})

test.each([anHour, -anHour])(
  'what is to be kept for a minute is kept so long, and no longer: a worker is %i ms ahead',
  async (aheadMs) => {
    const { prefix, producer } = open()
    await startWorker(prefix, aheadMs)
    const run = async (jobId: string) => {
      const options = { removeOnComplete: { age: 60 }, jobId }
      await (await producer.enqueue('tick', { failures: 0 }, options)).result({ timeoutMs: 20_000 })
    }
    await run('old')
    await run('young')
    expect(await producer.control.counts()).toMatchObject({ completed: 2 })
    await age(prefix, 'old', 120_000)
    await run('last')
    expect(await producer.job('tick', 'old').state()).toBe('missing')
    expect(await producer.control.counts()).toMatchObject({ completed: 2 })
  },
)

/** Has a job that completed have done so earlier. */
async function age(prefix: string, id: string, byMs: number): Promise<void> {
  const client = openClient()
  const key = `${prefix}:ticks:${id}`
  const fields = ['timestamp', 'processedOn', 'finishedOn'] as const
  const times = await client.hmget(key, ...fields)
  await client.hset(key, Object.fromEntries(fields.map((field, at) => [field, Number(times[at]) - byMs])))
  await client.zincrby(`${prefix}:ticks:completed`, -byMs, id)
}

test.each([anHour, -anHour])(
  'a producer is %i ms ahead: its delays and ages are by the clock of Redis',
  async (aheadMs) => {
    const { prefix, producer } = open()
    const worker = await startWorker(prefix, 0)
    for (const jobId of ['old', 'young']) {
      const job = await producer.enqueue('tick', { failures: 0 }, { jobId })
      await job.result({ timeoutMs: 20_000 })
    }
    await age(prefix, 'old', 120_000)
    const env = { REDIS_URL: redisUrl, PREFIX: prefix, CLOCK_AHEAD_MS: `${aheadMs}` }
    const program = startProgram('test/fault/clock-producer.ts', [], { env })
    expect(await program.ended).toBe(0)
    const [begunAt, cleaned, ...ids] = program.out.trim().split(' ')
    expect(cleaned).toBe('old')
    expect(ids).toHaveLength(6)
    for (const id of ids) {
      expect(await producer.job('tick', id).result({ timeoutMs: 9_000 })).toBe('ticked')
      // What a process prints comes by another way than the result.
      const waited = () => Number(new RegExp(`began ${id} 1 at (\\d+)`).exec(worker.out)?.[1]) - Number(begunAt)
      await expect.poll(waited).toBeGreaterThanOrEqual(950)
    }
  },
)

test.each([
  [anHour, 'ahead of'],
  [-anHour, 'behind'],
])(
  'that a clock is off by %i ms is told by onError, health(), the monitor, metrics and status',
  async (aheadMs, where) => {
    const { prefix } = open()
    const worker = await startWorker(prefix, aheadMs)
    expect(Math.abs(Number(/ready (-?\d+)/.exec(worker.out)?.[1]) - aheadMs)).toBeLessThan(2_000)
    expect(worker.out.match(/^told CLOCK_OFF .*3600 s (?:ahead of|behind) that of Redis/gm)).toHaveLength(1)
    expect(worker.out).toContain(`3600 s ${where} that of Redis`)

    const monitor = createMonitor(ticks, { connection: redisUrl, prefix })
    onTestFinished(() => monitor.close())
    const [queue] = monitor.queues
    if (!queue) throw new Error('the monitor has a queue')
    const [contract] = await queue.contracts()
    expect(Math.abs((contract?.workers[0]?.clockAheadMs ?? 0) - aheadMs)).toBeLessThan(2_000)

    const metrics = createMetrics({ queues: [ticks], connection: redisUrl, prefix })
    onTestFinished(() => metrics.close())
    const [, seconds] =
      /brinemq_clock_off_seconds\{queue="ticks"\} ([\d.]+)/.exec(await metrics.registry.metrics()) ?? []
    expect(Math.abs(Number(seconds) - 3_600)).toBeLessThan(2)

    const cells: unknown[] = []
    const terminal = { table: (_: unknown, rows: unknown[]) => cells.push(...rows.flat()), print: () => {} }
    printStatus(terminal as never, [await readStatus(queue as never)])
    expect(cells).toContain(`1 h ${where} that of Redis`)
  },
)

test('clocks that agree are told of nowhere', async () => {
  const { prefix } = open()
  const worker = await startWorker(prefix, 0)
  expect(worker.out).toMatch(/^ready 0$/m)
  expect(worker.out).not.toContain('told')
})

test('a clock that goes wrong while a worker runs is told of, and so is that it is right again', async () => {
  const { prefix } = open()
  const worker = await startWorker(prefix, 0)
  const monitor = createMonitor(ticks, { connection: redisUrl, prefix })
  onTestFinished(() => monitor.close())
  const differences = async () => {
    const contracts = await monitor.queue(ticks).contracts()
    return contracts.flatMap(({ workers }) => workers).map(({ clockAheadMs = 0 }) => Math.round(clockAheadMs / 60_000))
  }
  worker.child.kill('SIGUSR2')
  await worker.said('told CLOCK_OFF')
  await expect.poll(differences).toEqual([60])
  worker.child.kill('SIGUSR2')
  await expect.poll(differences, { timeout: 25_000 }).toEqual([0])
  expect(worker.out.match(/^told CLOCK_OFF/gm)).toHaveLength(1)
}, 60_000)
