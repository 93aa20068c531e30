// Compiled by `npm run types`, never run: what must and what must not compile of the monitor and the configuration.
import { type BrineError, defineConfig, defineQueue } from 'brinemq'
import { createMonitor, type MonitoredJob } from 'brinemq/monitor'
import { z } from 'zod'

const numbers = defineQueue('numbers', {
  jobs: {
    double: { payload: z.bigint(), result: z.object({ twice: z.bigint() }) },
    parse: { payload: z.string().transform(Number), progress: z.date() },
  },
})
const others = defineQueue('others', { jobs: { double: { payload: z.string() } } })

export async function values(): Promise<void> {
  const monitor = createMonitor([numbers, others])
  const queue = monitor.queue(numbers)
  const { jobs, next } = await queue.jobs('failed', { count: 5 })
  next satisfies number | undefined
  for (const job of jobs) {
    if (job.name === undefined) {
      job.payload.unreadable satisfies BrineError
      continue
    }
    // @ts-expect-error: it may be unreadable, and then there is no value
    const unasked: bigint | number = job.payload.value
    unasked satisfies unknown
    if (job.name === 'double' && !job.payload.unreadable) {
      job.payload.value satisfies bigint
      job.result?.value?.twice satisfies bigint | undefined
      // @ts-expect-error: it is no text
      job.payload.value satisfies string
    }
    if (job.name === 'parse' && !job.payload.unreadable) {
      job.payload.value satisfies number
      job.progress?.value satisfies Date | undefined
    }
    // @ts-expect-error: the queue has no such job
    if (job.name === 'triple') return
  }
  for await (const event of queue.events()) {
    if (event.type === 'completed' && event.name === 'double') event.result?.twice satisfies bigint | undefined
  }
  const [found] = await monitor.find('1')
  found satisfies MonitoredJob<typeof numbers> | MonitoredJob<typeof others> | undefined
  // @ts-expect-error: a state that jobs are not listed by
  await queue.jobs('missing')
  // @ts-expect-error: it was not given this one
  monitor.queue(defineQueue('third', { jobs: { other: { payload: z.date() } } }))
  createMonitor(numbers).queue(numbers).contract.name satisfies 'numbers'
}

export const config = defineConfig({
  queues: [numbers, others],
  connection: process.env['REDIS_URL'],
  workers: ['*.ts'],
})
// @ts-expect-error: it has no queues
defineConfig({ workers: [] })
// @ts-expect-error: no option of this name
defineConfig({ queues: [numbers], worker: [] })
// @ts-expect-error: no contract
defineConfig({ queues: ['numbers'] })
