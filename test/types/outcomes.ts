// Compiled, never run: what must compile does, and what must not is expected not to.
import { type BrineError, createProducer, createWorker, defineQueue } from 'brinemq'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>() => {}

const people = defineQueue('people', {
  jobs: {
    greet: {
      payload: z.object({ name: z.string() }),
      result: z.object({ text: z.string() }),
      progress: z.object({ percent: z.number() }),
      timeoutMs: 1_000,
    },
    measure: { payload: z.string().transform((text) => text.length), result: z.number().transform((n) => `${n}`) },
  },
})

export async function maps() {
  const producer = createProducer(people)
  async function* names() {
    yield { name: 'John' }
  }
  for await (const outcome of producer.map('greet', names(), { inFlight: 5, ordered: true })) {
    holds<Same<typeof outcome.payload, { name: string }>>()
    if (outcome.status === 'completed') {
      holds<Same<typeof outcome.result, { text: string }>>()
      holds<Same<typeof outcome.id, string>>()
    } else {
      holds<Same<typeof outcome.error, unknown>>()
      // @ts-expect-error a job that failed has no result
      console.log(outcome.result)
    }
  }
  for await (const outcome of producer.map('measure', ['a', 'b'], { options: (text) => ({ jobId: text }) })) {
    if (outcome.status === 'completed') holds<Same<typeof outcome.result, string>>()
  }
  // @ts-expect-error there is no such job
  producer.map('grete', [{ name: 'John' }])
  // @ts-expect-error a payload of another type
  producer.map('greet', ['John'])
  // @ts-expect-error an enqueue takes the schema's input, not its output
  producer.map('measure', [4])
  // @ts-expect-error there is no such option
  producer.map('greet', [{ name: 'John' }], { concurrency: 5 })
}

export async function follows() {
  const producer = createProducer(people)
  for await (const event of producer.events({ after: '0' })) {
    holds<Same<typeof event.at, Date>>()
    if (event.type === 'completed' && event.name === 'greet') {
      holds<Same<typeof event.result, { text: string } | undefined>>()
      if (event.unreadable === undefined) holds<Same<typeof event.result, { text: string }>>()
      else holds<Same<typeof event.unreadable, BrineError>>()
    }
    if (event.type === 'progress' && event.name === 'greet' && !event.unreadable) {
      holds<Same<typeof event.progress, { percent: number }>>()
    }
    if (event.type === 'completed' && event.name === 'measure' && !event.unreadable) {
      holds<Same<typeof event.result, string>>()
    }
    if (event.type === 'failed') holds<Same<typeof event.error, unknown>>()
    if (event.type === 'delayed') holds<Same<typeof event.until, Date>>()
    // @ts-expect-error there is no such event
    if (event.type === 'finished') return
    // @ts-expect-error there is no such job
    if (event.type === 'active' && event.name === 'nobody') return
    // @ts-expect-error only of jobs that completed
    if (event.type === 'failed') console.log(event.result)
  }
  // @ts-expect-error a position is a text
  producer.events({ after: 5 })
}

export async function handles() {
  const job = createProducer(people).job('greet', 'some-id')
  const progress = await job.progress()
  holds<Same<typeof progress, { percent: number } | undefined>>()
  const cancelled = await job.cancel('not needed')
  holds<Same<typeof cancelled.state, 'removed' | 'requested' | 'ended' | 'missing'>>()
  for (const { queue, id, reason } of cancelled.notStopped) {
    holds<Same<typeof reason, 'completed' | 'quarantined' | 'unreachable'>>()
    console.log(queue, id)
  }
  await job.cancel('not needed', { leaveRunning: true })
  // @ts-expect-error there is no such option
  await job.cancel('not needed', { children: false })
  const state = await job.state()
  if (state === 'waiting-children') await job.retry({ state: 'completed' })
  // @ts-expect-error there is no such state
  if (state === 'unknown') return
  // @ts-expect-error a reason is a text
  await job.cancel(new Error('why'))
  // @ts-expect-error only what has ended is retried
  await job.retry({ state: 'active' })
}

export async function controls() {
  const worker = createWorker(people, { handlers: { greet: () => ({ text: '' }), measure: () => 1 } })
  await worker.pause({ waitForRunning: false })
  await worker.resume()
  await worker.waitUntilIdle({ delayed: true, signal: AbortSignal.timeout(5) })
  await worker.close({ graceMs: 5 })
  // @ts-expect-error the unit is in the name
  await worker.close({ grace: 5 })
  // @ts-expect-error BullMQ's flag has a name here
  await worker.pause(true)
  // @ts-expect-error a time is a number
  defineQueue('a', { jobs: { b: { payload: z.string(), timeoutMs: '5' } } })
}
