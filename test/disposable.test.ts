import { createFlowProducer, createProducer, createQuarantine, createStore, createWorker, defineQueue } from 'brinemq'
import { createDashboard, serveDashboard } from 'brinemq/dashboard'
import { startEmbedded } from 'brinemq/embedded'
import { serveHealth } from 'brinemq/health'
import { createMetrics } from 'brinemq/metrics'
import { createMonitor } from 'brinemq/monitor'
import { createFakeProducer, createInline, createInlineFlows, useEmbedded } from 'brinemq/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from './connection.ts'

const contract = defineQueue('disposed', { jobs: { add: { payload: z.number() } } })
const place = { connection: redisUrl, prefix: freshPrefix() }
const handlers = { add: () => {} }

const opened: [string, () => AsyncDisposable | Promise<AsyncDisposable>][] = [
  ['a producer', () => createProducer(contract, place)],
  ['a flow producer', () => createFlowProducer(place)],
  ['a worker', () => createWorker(contract, { ...place, handlers, shutdownOnSignals: false, graceMs: 0 })],
  ['a store', () => createStore(place)],
  ['a quarantine', () => createQuarantine(contract, place)],
  ['a monitor', () => createMonitor(contract, place)],
  ['metrics', () => createMetrics({ queues: [contract], ...place })],
  ['a health server', () => serveHealth({ port: 0, workers: [] })],
  ['a dashboard', () => createDashboard({ queues: [contract], ...place })],
  ['a served dashboard', () => serveDashboard({ queues: [contract], ...place, port: 0 })],
  ['an embedded server', () => startEmbedded()],
  ['an embedded server for tests', () => useEmbedded()],
  ['a fake producer', () => createFakeProducer(contract)],
  ['an inline producer', () => createInline(contract, { handlers })],
]

test.each(opened)('`await using` closes %s', async (_, open) => {
  // That nothing stays open is checked at the end of the file.
  await using made = await open()
  expect(made[Symbol.asyncDispose]).toBeTypeOf('function')
})

test('`await using` closes what it names, and nothing else', async () => {
  const other = createProducer(contract, place)
  let producer = other
  {
    await using closed = createProducer(contract, place)
    producer = closed
    await closed.enqueue('add', 1)
  }
  await expect(producer.enqueue('add', 1)).rejects.toMatchObject({ code: 'CLOSED' })
  await other.enqueue('add', 1)
  await other.close()
  const inline = createInline(contract, { handlers })
  await using flows = createInlineFlows(inline)
  expect(flows.add).toBeTypeOf('function')
  await inline[Symbol.asyncDispose]()
  await expect(inline.enqueue('add', 1)).rejects.toMatchObject({ code: 'CLOSED' })
})
