// The processor that BullMQ's program loads in a thread or process of a sandboxed handler: see sandbox.ts for its other side.
import { isMainThread } from 'node:worker_threads'
import type { SandboxedJob } from 'bullmq'
import type { Checked, EnvelopeCodec, Place } from '../codec/envelope.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { createChildren } from '../flow/job-children.ts'
import { WaitsForChildren } from '../flow/waits-for-children.ts'
import { codecOf } from '../job/contract-codec.ts'
import { describeFailure } from '../job/failure.ts'
import { JobDeferred } from '../job/job-deferred.ts'
import { openPayload } from '../job/open-payload.ts'
import type { Bond } from '../seal/bond.ts'
import { tokenOf } from '../seal/tokens.ts'
import type { HandlerContext } from '../worker/handler.ts'
import { isMissing } from './is-missing.ts'
import { type Answer, errorPlace, type Reply, type Start } from './sandbox-messages.ts'
import { askOf } from './sandbox-requests.ts'
import { childrenAtHome } from './sandboxed-children.ts'

// Whatever the user's module keeps open, it does not outlive its worker.
if (isMainThread) process.once('disconnect', () => process.exit())

interface Loaded {
  handle: (payload: unknown, context: HandlerContext) => unknown
  contract: QueueContract
  entry: ContractJob
  codec: EnvelopeCodec
}

let loaded: Promise<Loaded> | undefined

export default async function runSandboxed(job: SandboxedJob, _token: string, signal: AbortSignal): Promise<Answer> {
  const start: Start = job.data
  const { id, name, named, payload } = start
  let place: Place = { kind: 'error', job: named, id }
  let codec: EnvelopeCodec | undefined
  let opening = false
  try {
    loaded ??= load(start)
    const { handle, contract, codec: own } = await loaded
    // A job that was enqueued under a name of before answers under it.
    const entry = findJob(contract, named) ?? (await loaded).entry
    codec = own
    place = errorPlace(entry, id)
    opening = true
    const { value, bond } = await openPayload(payload, entry, codec, id)
    place = { ...place, bond }
    opening = false
    const result = await handle(value, contextOf(start, { entry, codec, bond, signal, job }))
    const ofResult: Place = { kind: 'result', job: entry.name, version: entry.version, id, bond }
    const checked: Checked = { validator: entry.result, failure: { code: 'RESULT_INVALID', job: name } }
    const text = await codec.encodeChecked(result, ofResult, checked)
    return { state: 'returned', text }
  } catch (thrown) {
    if (JobDeferred.is(thrown)) return { state: 'putBack', why: thrown.why, ms: thrown.ms }
    if (thrown instanceof WaitsForChildren) return { state: 'waits' }
    const failure = describeFailure(thrown, codec ?? createEnvelopeCodec(), place)
    const { encoded, message, stack = '' } = failure
    return {
      ...{ state: 'threw', encoded, message, stack, retry: failure.retry, unloaded: codec === undefined },
      refused: opening,
    }
  }
}

/**
 * Loads the user's module, once: after a failure the worker ends this thread or process, since Node would throw the same error for each
 * later import. Throws OPTIONS_INVALID for a module that is missing, or is the handler of another job, and else what the module throws.
 */
async function load({ module, queue, prefix, name }: Start): Promise<Loaded> {
  const refuse = (remedy: string, cause?: unknown) => new BrineError('OPTIONS_INVALID', remedy, { job: name, cause })
  const given: unknown = await import(module).then(
    (exported: { default?: unknown }) => exported.default,
    (cause: unknown) => {
      throw isMissing(cause)
        ? refuse('the module of the sandboxed handler cannot be loaded; see the cause', cause)
        : cause
    },
  )
  // A module of CommonJS has its default within its default.
  const handler = typeof given === 'object' && given !== null && 'default' in given ? given.default : given
  if (!isHandler(handler)) throw refuse('the default export of the module must be what defineHandler gives')
  const entry = handler.contract.entries.get(handler.job)
  if (!entry || handler.contract.name !== queue || handler.job !== name) {
    throw refuse(`the module handles '${handler.job}' of '${handler.contract.name}', and not this job of '${queue}'`)
  }
  return { handle: handler, contract: handler.contract, entry, codec: codecOf(handler.contract, prefix) }
}

interface AnyHandler {
  (payload: unknown, context: HandlerContext): unknown
  readonly contract: QueueContract
  readonly job: string
}

function isHandler(value: unknown): value is AnyHandler {
  return typeof value === 'function' && 'contract' in value && 'job' in value && typeof value.job === 'string'
}

interface Tools extends Pick<Loaded, 'entry' | 'codec'> {
  bond: Bond | undefined
  signal: AbortSignal
  job: SandboxedJob
}

function contextOf(start: Start, { entry, codec, bond, signal, job }: Tools): HandlerContext {
  const { id, name, prefix, attempt, maxAttempts, enqueuedAt, metadata } = start
  const { version } = entry
  const controller = new AbortController()
  const abort = () => controller.abort(readReason(signal.reason, entry, codec, id))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  const ask = askOf(id, (reply) => readError(reply, entry, codec, id))
  // As at home, these need not be awaited.
  const told = (work: Promise<void>) => {
    work.catch(() => {})
    return work
  }
  const report = async (value: unknown) => {
    const checked: Checked = { validator: entry.progress, failure: { code: 'PROGRESS_INVALID', job: name } }
    const place: Place = { kind: 'progress', job: entry.name, version, id, bond }
    await job.updateProgress(await codec.encodeChecked(value, place, checked))
  }
  return {
    ...{ id, name, attempt, maxAttempts, metadata },
    enqueuedAt: new Date(enqueuedAt),
    signal: controller.signal,
    children: createChildren(childrenAtHome({ id, job: name, prefix, token: tokenOf(bond, id) }, ask), () =>
      ask('waits'),
    ),
    progress: (value) => told(report(value)),
    log: (line) => told(Promise.resolve(job.log(line)).then(() => {})),
    delay: (ms) => new JobDeferred('delay', ms),
    rateLimit: (ms) => new JobDeferred('rateLimit', ms),
  }
}

function readReason(text: unknown, entry: ContractJob, codec: EnvelopeCodec, id: string): unknown {
  try {
    return codec.decode(String(text), errorPlace(entry, id)).value
  } catch {
    return new BrineError('WORKER_CLOSED', 'the work is in vain, and its reason could not travel', { job: entry.name })
  }
}

function readError(reply: Reply, entry: ContractJob, codec: EnvelopeCodec, id: string): unknown {
  const { error, message } = 'message' in reply ? reply : { error: undefined, message: '' }
  try {
    if (error !== undefined) return codec.decode(error, errorPlace(entry, id)).value
  } catch {
    // Told by its message.
  }
  return new BrineError('JOB_FAILED', message, { job: entry.name })
}
