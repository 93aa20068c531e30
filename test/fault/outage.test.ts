import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createFlowProducer, createProducer, createStore, defineQueue, node } from 'brinemq'
import { createMonitor } from 'brinemq/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

// Nobody listens there.
const connection = 'redis://127.0.0.1:1'
const contract = defineQueue('outage', { jobs: { note: { payload: z.string() } } })
const text = 'x'.repeat(1_000)
const codes = new Set(['REDIS_UNREACHABLE', 'RESULT_TIMEOUT'])

function open() {
  const timeoutMs = 100
  const producer = createProducer(contract, { connection, enqueueTimeoutMs: timeoutMs })
  const flows = createFlowProducer({ connection, enqueueTimeoutMs: timeoutMs })
  const store = createStore({ connection, timeoutMs })
  const monitor = createMonitor(contract, { connection, timeoutMs })
  onTestFinished(() => Promise.all([producer, flows, store, monitor].map((one) => one.close())).then(() => {}))
  return { producer, flows, store, queue: monitor.queue(contract) }
}

type Opened = ReturnType<typeof open>

const calls: Record<string, (opened: Opened, n: number) => Promise<unknown>> = {
  enqueue: ({ producer }, n) => producer.enqueue('note', text + n),
  enqueueBulk: ({ producer }, n) => producer.enqueueBulk([{ name: 'note', payload: text + n }]),
  'flows.add': ({ flows }, n) => flows.add(node(contract, 'note', text + n)),
  'schedules.upsert': ({ producer }, n) =>
    producer.schedules.upsert('daily', { name: 'note', payload: text + n, repeat: { every: 1_000 } }),
  'control.counts': ({ producer }) => producer.control.counts(),
  'quarantine.count': ({ producer }) => producer.quarantine.count(),
  'job.state': ({ producer }, n) => producer.job('note', String(n)).state(),
  'job.result': ({ producer }, n) => producer.job('note', String(n)).result({ timeoutMs: 100 }),
  'store.set': ({ store }, n) => store.set('key', text + n),
  'store.getMany': ({ store }, n) => store.getMany([String(n)]),
  'queue.counts of a monitor': ({ queue }) => queue.counts(),
}

test.each(Object.entries(calls))('%s keeps nothing of a call that an outage outlasted', async (_, call) => {
  const opened = open()
  const refused = async (n: number) => {
    const error: unknown = await call(opened, n).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!(error instanceof Error && codes.has(String(Reflect.get(error, 'code'))))) throw error
  }
  const refuseMany = async (count: number) => {
    for (let n = 0; n < count; n += 500) await Promise.all(Array.from({ length: 500 }, (_, k) => refused(n + k)))
    // The timers of the last ones have ended.
    await new Promise((resolve) => setTimeout(resolve, 50))
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = await refuseMany(500)
  const grown = (await refuseMany(2_000)) - before
  // A call that is kept holds 2,400 bytes and more.
  expect(grown / 2_000).toBeLessThan(1_000)
})
