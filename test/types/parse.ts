// Compiled, never run: what is enqueued, stored and handled of a payload that is parsed when it is enqueued.
import { createProducer, createWorker, defineQueue, type EnqueueMiddleware } from 'brinemq'
import { z } from 'zod'

const count = z.object({ n: z.string().transform(Number) })
const counts = defineQueue('counts', {
  jobs: {
    once: {
      payload: count,
      parse: 'enqueue',
      version: 2,
      upcast: { 1: (old: { count: string }) => ({ n: Number(old.count) }) },
      samples: () => [{ n: '1' }],
    },
    each: { payload: count, version: 2, upcast: { 1: (old: { count: string }) => ({ n: old.count }) } },
  },
})
const halves = { 1: (old: { count: string }) => ({ n: old.count }) }
defineQueue('counts', {
  // @ts-expect-error what is stored is the output
  jobs: { once: { payload: count, parse: 'enqueue', version: 2, upcast: halves } },
})
defineQueue('counts', {
  // @ts-expect-error there is no such time
  jobs: { once: { payload: count, parse: 'worker' } },
})

void createProducer(counts).enqueue('once', { n: '1' })
// @ts-expect-error what is given is the input
void createProducer(counts).enqueue('once', { n: 1 })
createWorker(counts, { handlers: { once: ({ n }) => n.toFixed(), each: ({ n }) => n.toFixed() } })

const read: EnqueueMiddleware<typeof counts> = (job, next) => {
  if (job.name === 'once') job.payload.n.toFixed()
  else job.payload.n.toUpperCase()
  return next()
}
createProducer(counts, { use: [read] })
