import type { QueueContract } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { createCollector } from '../../src/metrics/collect.ts'
import { createGauges, type Gauges } from '../../src/metrics/instruments.ts'
import { redisUrl } from '../connection.ts'
import { peopleQueue, rejection } from '../queue/people.ts'

test('a scrape that fails does not fail those that follow', async () => {
  const contract: QueueContract = peopleQueue()
  const monitor = createMonitor(contract, { connection: redisUrl })
  onTestFinished(() => monitor.close())
  const registry = new Registry()
  let gauges: Gauges | undefined
  const collect = createCollector(monitor.queues, () => {
    if (gauges) return gauges
    throw new Error('there are no gauges yet')
  })
  expect(await rejection(collect())).toMatchObject({ message: 'there are no gauges yet' })
  gauges = createGauges(registry, collect)
  await collect()
  expect(await registry.metrics()).toMatch(/brinemq_queue_up\{.*\} 1/)
})
