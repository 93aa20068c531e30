import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BrineError } from 'brinemq'
import { createMetrics, type MetricsOptions } from 'brinemq/metrics'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { redisUrl } from '../connection.ts'
import { openProducer, openWorker, Person, peopleQueue, rejection } from '../queue/people.ts'

function openMetrics(options: MetricsOptions = {}) {
  const metrics = createMetrics({ connection: redisUrl, ...options })
  onTestFinished(() => metrics.close())
  return metrics
}

/** The samples of a text, but for those of time, by name and labels. */
async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(url)
  expect(response.headers.get('content-type')).toContain('text/plain')
  const samples = new Map<string, number>()
  for (const line of (await response.text()).split('\n')) {
    const [, sample, value] = /^(brinemq_[^ ]+) ([^ ]+)$/.exec(line) ?? []
    if (sample !== undefined && !/_bucket|_sum/.test(sample)) samples.set(sample, Number(value))
  }
  return samples
}

async function serve(metrics: ReturnType<typeof openMetrics>): Promise<string> {
  const server = createServer((request, response) => void metrics.handle(request, response)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
}

test('tells exactly what was done between two scrapes', async () => {
  const contract = peopleQueue()
  const metrics = openMetrics({ queues: contract })
  const url = await serve(metrics)
  const producer = openProducer(contract, { use: [metrics.enqueues] })
  const before = await scrape(url)
  expect([...before].filter(([sample]) => sample.includes('_total'))).toEqual([])
  expect(before.get('brinemq_jobs{queue="people",state="waiting"}')).toBe(0)
  expect(before.get('brinemq_oldest_waiting_seconds{queue="people"}')).toBe(0)

  let delayed = false
  const worker = openWorker(
    contract,
    (payload, { attempt, delay }) => {
      if (payload === 'fail') throw new Error('always')
      if (payload === 'again' && attempt === 1) throw new BrineError('REDIS_UNREACHABLE', 'not yet')
      if (payload === 'delay' && !delayed) {
        delayed = true
        throw delay(1)
      }
      return payload === 'bad' ? () => {} : 'done'
    },
    { use: [metrics.jobs] },
  )
  const person = new Person('John', 20)
  const jobs = [
    await producer.enqueue('greet', { person, at: new Date() }),
    ...(await producer.enqueueBulk([
      { name: 'anything', payload: 1 },
      { name: 'anything', payload: 'fail', options: { attempts: 2 } },
      { name: 'anything', payload: 'again', options: { attempts: 2 } },
      { name: 'anything', payload: 'delay' },
      { name: 'anything', payload: 'bad' },
    ])),
  ]
  await Promise.allSettled(jobs.map((job) => job.result()))
  // Two that no contract knows, and one whose text nobody can read.
  await producer.bullmq.add('a stranger', {})
  await producer.bullmq.add('another stranger', {})
  await producer.bullmq.add('anything', {})
  await expect.poll(() => producer.control.counts()).toMatchObject({ quarantined: 3, waiting: 0, active: 0 })
  await worker.close()
  await producer.enqueue('anything', 'waits')

  const all = { queue: 'people', job: 'anything' }
  const sample = (name: string, labels: Record<string, string> = {}) =>
    `brinemq_${name}{${Object.entries({ ...all, ...labels })
      .map(([label, value]) => `${label}="${value}"`)
      .join(',')}}`
  const greet = { job: 'greet' }
  const unknown = { job: '(unknown)' }
  const after = await scrape(url)
  expect(after.get('brinemq_oldest_waiting_seconds{queue="people"}')).toBeGreaterThan(0)
  after.delete('brinemq_oldest_waiting_seconds{queue="people"}')
  const states = { waiting: 1, prioritized: 0, delayed: 0, 'waiting-children': 0, active: 0, completed: 4, failed: 2 }
  expect(Object.fromEntries(after)).toEqual({
    [sample('jobs_enqueued_total', greet)]: 1,
    [sample('jobs_enqueued_total')]: 6,
    [sample('jobs_completed_total', greet)]: 1,
    [sample('jobs_completed_total')]: 3,
    [sample('jobs_failed_total', { code: '(other)' })]: 1,
    [sample('jobs_failed_total', { code: 'UNSUPPORTED_VALUE' })]: 1,
    [sample('jobs_retried_total', { code: '(other)' })]: 1,
    [sample('jobs_retried_total', { code: 'REDIS_UNREACHABLE' })]: 1,
    [sample('jobs_quarantined_total', { ...unknown, code: 'JOB_UNKNOWN' })]: 2,
    [sample('jobs_quarantined_total', { code: 'TEXT_INVALID' })]: 1,
    [sample('jobs_postponed_total', { why: 'delay' })]: 1,
    [sample('job_wait_seconds_count', greet)]: 1,
    // Five, and one in whose text nothing could be read. Of strangers nothing is measured.
    [sample('job_wait_seconds_count')]: 6,
    [sample('job_run_seconds_count', greet)]: 1,
    [sample('job_run_seconds_count')]: 8,
    [sample('decode_seconds_count', greet)]: 1,
    [sample('decode_seconds_count')]: 8,
    [sample('encode_seconds_count', { ...greet, kind: 'payload' })]: 1,
    [sample('encode_seconds_count', { kind: 'payload' })]: 6,
    [sample('encode_seconds_count', { ...greet, kind: 'result' })]: 1,
    [sample('encode_seconds_count', { kind: 'result' })]: 3,
    [sample('payload_bytes_count', { ...greet, at: 'enqueue' })]: 1,
    [sample('payload_bytes_count', { at: 'enqueue' })]: 6,
    [sample('payload_bytes_count', { ...greet, at: 'take' })]: 1,
    [sample('payload_bytes_count', { at: 'take' })]: 9,
    'brinemq_clock_off_seconds{queue="people"}': 0,
    ...Object.fromEntries(
      Object.entries({ ...states, quarantined: 3 }).map(([state, count]) => [
        `brinemq_jobs{queue="people",state="${state}"}`,
        count,
      ]),
    ),
    'brinemq_queue_paused{queue="people"}': 0,
    'brinemq_queue_up{queue="people"}': 1,
  })
})

test('counts no job that was there already, and none that could not be enqueued', async () => {
  const metrics = openMetrics()
  const producer = openProducer(peopleQueue(), { use: [metrics.enqueues] })
  const options = { deduplication: { id: 'one' } }
  await producer.enqueue('anything', 1, options)
  await producer.enqueue('anything', 1, options)
  await producer.close()
  await rejection(producer.enqueue('anything', 1))
  expect(await metrics.scrape()).toContain('brinemq_jobs_enqueued_total{queue="people",job="anything"} 1\n')
})

test('tells that Redis is away, and goes on telling what was counted', async () => {
  const registry = new Registry()
  const metrics = openMetrics({
    queues: [peopleQueue()],
    connection: 'redis://127.0.0.1:1',
    timeoutMs: 100,
    registry,
  })
  const text = await metrics.scrape()
  expect(text).toContain('brinemq_queue_up{queue="people"} 0\n')
  expect(text).not.toContain('brinemq_jobs{')
  expect(metrics.registry).toBe(registry)
})

test('tells nothing of queues that it told before, once they do not answer', async () => {
  const metrics = openMetrics({ queues: peopleQueue() })
  expect(await metrics.scrape()).toContain('brinemq_jobs{queue="people",state="quarantined"} 0\n')
  await metrics.close()
  const text = await metrics.scrape()
  expect(text).toContain('brinemq_queue_up{queue="people"} 0\n')
  expect(text).not.toMatch(/^brinemq_(?:jobs|oldest_waiting_seconds|queue_paused)\{/m)
})

test('refuses options that it does not know', () => {
  expect(() => Reflect.apply(createMetrics, undefined, [{ queue: peopleQueue() }])).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', path: 'queue' }),
  )
})

test('is what the dashboard and the alerts in docs/ ask for, and what the page names', () => {
  const metrics = openMetrics({ queues: peopleQueue() })
  const known = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name))
  const asked = (path: string) =>
    new Set(
      (readFileSync(path, 'utf8').match(/brinemq_\w+/g) ?? []).map((name) =>
        name.replace(/_(?:bucket|sum|count)$/, ''),
      ),
    )
  for (const path of ['docs/grafana-dashboard.json', 'docs/alerts.yml']) {
    const used = [...asked(path)]
    expect(used.length, path).toBeGreaterThan(4)
    for (const name of used) expect([...known], path).toContain(name)
  }
  expect([...asked('docs/metrics.md')].sort()).toEqual([...known].sort())
  const dashboard: { panels: { title: string; targets?: unknown[] }[] } = JSON.parse(
    readFileSync('docs/grafana-dashboard.json', 'utf8'),
  )
  for (const { title, targets } of dashboard.panels) expect(targets?.length, title).toBeGreaterThan(0)
})
