// Compiled, never run: what must compile does, and what must not is expected not to.
import {
  createProducer,
  createWorker,
  defineHandler,
  defineQueue,
  type EnqueueMiddleware,
  type JobDeferred,
  logging,
  type Middleware,
  sandboxed,
} from 'brinemq'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>() => {}

const texts = defineQueue('texts', {
  jobs: {
    measure: { payload: z.string(), result: z.object({ length: z.number() }), progress: z.number() },
    stamp: { payload: z.date(), result: z.string() },
  },
})
type Texts = typeof texts
const others = defineQueue('others', { jobs: { other: { payload: z.bigint(), result: z.bigint() } } })

const module = new URL('./handler.ts', import.meta.url)
// As the types of modules are told by `typeof import('./handler.ts')`, which programs write.
type ModuleOf<H> = { readonly default: H }
const mixed = defineQueue('texts', { jobs: { measure: { payload: z.number() }, stamp: texts.jobs.stamp } })
const ofMixed = defineHandler(mixed, 'measure', (size) => size)
const stamp = () => ''

export const defined = defineHandler(texts, 'measure', async (text, { progress, id }) => {
  holds<Same<typeof text, string>>()
  holds<Same<typeof id, string>>()
  await progress(1)
  // @ts-expect-error progress of another type
  await progress('half')
  return { length: text.length }
})
// @ts-expect-error a result of another type
export const wrongResult = defineHandler(texts, 'measure', () => 5)
// @ts-expect-error no such job
export const noJob = defineHandler(texts, 'mesure', () => ({ length: 1 }))

export function sandboxes() {
  createWorker(texts, { handlers: { measure: sandboxed(module, { in: 'thread' }), stamp } })
  createWorker(texts, { handlers: { measure: defined, stamp } })
  // @ts-expect-error a handler of another job
  createWorker(texts, { handlers: { measure: stamp, stamp: defined } })
  createWorker(texts, { handlers: { measure: sandboxed<ModuleOf<typeof defined>>(module, { in: 'thread' }), stamp } })
  // As CommonJS has it.
  const nested = sandboxed<ModuleOf<ModuleOf<typeof defined>>>(module, { in: 'thread' })
  createWorker(texts, { handlers: { measure: nested, stamp } })
  createWorker(texts, {
    handlers: {
      measure: defined,
      // @ts-expect-error a module of another job
      stamp: sandboxed<ModuleOf<typeof defined>>(module, { in: 'thread' }),
    },
  })
  // @ts-expect-error a module of a contract whose job of that name has another payload
  createWorker(texts, { handlers: { measure: sandboxed<ModuleOf<typeof ofMixed>>(module, { in: 'thread' }), stamp } })
  const plain = sandboxed<ModuleOf<typeof stamp>>(module, { in: 'thread' })
  // @ts-expect-error a module that defineHandler did not make
  createWorker(texts, { handlers: { measure: defined, stamp: plain } })
  // @ts-expect-error a module that exports no default
  sandboxed<typeof import('../sandbox/handlers/contract.ts')>(module, { in: 'thread' })
  // @ts-expect-error where it is to run must be said
  sandboxed(module, {})
  // @ts-expect-error there is no such place
  sandboxed(module, { in: 'fibre' })
  // @ts-expect-error a path says nothing of what it is relative to
  sandboxed('./handler.ts', { in: 'thread' })
  sandboxed(module, { in: 'process', workerForkOptions: { execArgv: [] }, killAfterMs: 5 })
}

export const forTexts: Middleware<Texts> = async (job, next) => {
  if (job.name === 'measure') holds<Same<typeof job.payload, string>>()
  else holds<Same<typeof job.payload, Date>>()
  holds<Same<typeof job.name, 'measure' | 'stamp'>>()
  // @ts-expect-error telling of progress is the handler's
  job.progress
  const result = await next()
  const seen: string | { length: number } = result
  // @ts-expect-error there are no such results
  const unseen: bigint = result
  void [seen, unseen]
  return result
}
export const forAny: Middleware = async (job, next) => {
  holds<Same<typeof job.payload, unknown>>()
  return next()
}
// @ts-expect-error what next() gave is to be returned
export const forgets: Middleware<Texts> = async (_job, next) => {
  await next()
}
// @ts-expect-error a middleware gives no result of its own
export const invents: Middleware<Texts> = async () => 'text'

export const traces: EnqueueMiddleware<Texts> = async (job, next) => {
  if (job.name === 'stamp') holds<Same<typeof job.payload, Date>>()
  const handle = await next({ telemetry: { metadata: job.id } })
  const id: string = handle.id
  void id
  return handle
}
// @ts-expect-error options of another type
export const wrongOptions: EnqueueMiddleware = (_job, next) => next({ attempts: '3' })
// @ts-expect-error the id is for the caller to give
export const choosesId: EnqueueMiddleware = (_job, next) => next({ jobId: 'a' })
export const changesPayload: EnqueueMiddleware<Texts> = (job, next) => {
  // @ts-expect-error a payload is not to be changed
  job.payload = 'another'
  return next()
}

export function uses() {
  const handlers = { measure: defined, stamp }
  const { jobs, enqueues } = logging(console)
  createWorker(texts, { handlers, use: [forTexts, forAny, jobs] })
  createProducer(texts, { use: [traces, enqueues] })
  createWorker(texts, {
    handlers,
    use: [
      (job, next) => {
        holds<Same<typeof job.name, 'measure' | 'stamp'>>()
        return next()
      },
    ],
  })
  createWorker(others, {
    handlers: { other: (n) => n },
    // @ts-expect-error a middleware of another contract
    use: [forTexts],
  })
  // @ts-expect-error a middleware of another contract
  createProducer(others, { use: [traces] })
}

export function retries() {
  const handlers = { measure: defined, stamp }
  createWorker(texts, {
    handlers,
    retry: (error, job) => {
      holds<Same<typeof error, unknown>>()
      holds<Same<typeof job.name, 'measure' | 'stamp'>>()
      if (error instanceof RangeError) return false
      if (job.attempt > 2) return { delayMs: 100 * job.attempt }
    },
  })
  // @ts-expect-error a time of another type
  createWorker(texts, { handlers, retry: () => ({ delayMs: '100' }) })
  createWorker(texts, {
    handlers,
    backoff: async (error, job) => {
      holds<Same<typeof error, unknown>>()
      holds<Same<typeof job.name, 'measure' | 'stamp'>>()
      return job.type === 'patient' ? 100 * job.attempt : job.maxAttempts
    },
  })
  // @ts-expect-error a backoff gives a time
  createWorker(texts, { handlers, backoff: () => undefined })
  // @ts-expect-error a promise is no decision
  createWorker(texts, { handlers, retry: async () => true })
}

export function putsBack() {
  createWorker(texts, {
    handlers: {
      measure: (_text, { rateLimit, delay }) => {
        holds<Same<ReturnType<typeof delay>, JobDeferred>>()
        throw rateLimit(1_000)
      },
      // @ts-expect-error it is to be thrown
      stamp: (_date, { delay }) => delay(1_000),
    },
  })
}

export async function controls() {
  const { control } = createProducer(texts)
  await control.setConcurrency(5)
  await control.setRateLimit({ max: 5, durationMs: 1_000 })
  holds<Same<Awaited<ReturnType<typeof control.counts>>['waiting'], number>>()
  // @ts-expect-error there is no such state
  await control.clean('paused')
  // @ts-expect-error times carry their unit
  await control.setRateLimit({ max: 5, duration: 1_000 })
}
