import { WaitingChildrenError, WaitingError } from 'bullmq'
import { EncodedText } from '../bullmq/encoded-text.ts'
import { HandlerFailure } from '../bullmq/handler-failure.ts'
import { isRun } from '../bullmq/job-id.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import type { Checked, EnvelopeCodec, Place } from '../codec/envelope.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { waitForChildren } from '../flow/waits-for-children.ts'
import { describeFailure } from '../job/failure.ts'
import { JobDeferred } from '../job/job-deferred.ts'
import { handOn, openPayload } from '../job/open-payload.ts'
import { bondOf } from '../job/payload-bond.ts'
import type { RunGuard } from '../schedule/run-guard.ts'
import type { Tell } from './attempt-events.ts'
import { pendingChildren } from './bullmq-errors.ts'
import { deferJob } from './defer-job.ts'
import { deferUntilDue } from './defer-until-due.ts'
import type { HeedCancel } from './handle-cancel.ts'
import type { HandlerContext } from './handler.ts'
import type { Doom } from './job-mark.ts'
import { measureOpening, measureRun } from './measure.ts'
import type { RefuseJob } from './refuse-job.ts'
import { createTellCopies } from './report-duplicates.ts'
import { decideRetry, type Retry } from './retry.ts'
import { type ChildrenOf, RunningJob } from './running-job.ts'

const longestName = 100

/** A handler whose types were checked where it was given to `createWorker`. */
export interface UntypedHandler {
  /** `job` is the contract's, with the name that it has in Redis. */
  (payload: unknown, context: HandlerContext, job: ContractJob): unknown
  /** Set when it takes the stored text, and gives a EncodedText: the handler is sandboxed, and opens and encodes there. */
  readonly takesText?: true
}

export interface Runner {
  /** open → decode → validate → handle → outcome; or none of it, for a job that is refused. It rejects only with what BullMQ is to be told. */
  process(job: StoredJob, token: string, refusal?: BrineError): Promise<EncodedText>
  /** The attempts whose handlers work now. */
  readonly running: ReadonlySet<RunningJob>
}

export interface RunnerOptions {
  contract: QueueContract
  codec: EnvelopeCodec
  handlers: ReadonlyMap<string, UntypedHandler>
  retry?: Retry<QueueContract> | undefined
  /** Lets no worker take a job of the queue for so long. Without it, a job that asks for it is delayed itself. */
  limitRate?: (ms: number) => Promise<void>
  /** What a job fails with that is marked to fail, where the queue has keys. */
  doom?: Doom | undefined
  /** Refuses jobs of schedules that are not due, where the queue has keys. */
  guard?: RunGuard | undefined
  /** Sees to a job that is refused before its handler begins. Without it such a job fails. */
  refuse?: RefuseJob | undefined
  /** The children of the jobs, where they are not in Redis. */
  childrenOf?: ChildrenOf | undefined
  /** Told of the children that handlers add. */
  enqueues?: readonly UntypedEnqueueMiddleware[] | undefined
  /** See {@link HeedCancel}; none where a cancel stops attempts at once. */
  handleCancel?: HeedCancel | undefined
  /** Told how attempts end. */
  tell?: Tell | undefined
  report: (error: unknown) => void
}

/** What takes jobs from BullMQ and gives back what is to be stored of them. */
export function createRunner({
  contract,
  codec,
  handlers,
  retry,
  limitRate,
  doom,
  guard,
  refuse,
  childrenOf,
  enqueues,
  handleCancel,
  tell,
  report,
}: RunnerOptions): Runner {
  const running = new Set<RunningJob>()
  const reportDuplicates = createTellCopies(contract, report)

  return {
    running,
    async process(job, token, refusal) {
      const { name } = job
      // Until its payload is read it is only somebody's word that it is a job of this name.
      const id = String(job.id)
      let place: Place = { kind: 'error', id }
      let begun = false
      try {
        const entry = findJob(contract, name)
        const handler = entry && handlers.get(entry.current)
        if (job.damage) throw job.damage.error
        if (refusal) throw refusal
        if (job.deferred !== undefined && doom) await failIfDoomed(job, token)
        if (!entry || !handler) throw jobUnknown(contract, name)
        const text = job.data instanceof EncodedText ? job.data.text : ''
        const measured = tell?.begin(job)
        const read = handler.takesText ? handOn : openPayload
        const opening = () => read(text, entry, codec, id)
        const reading = guard && isRun(id) ? () => deferUntilDue(guard, job, text, opening()) : opening
        const open = measured && !handler.takesText ? () => measureOpening(measured, reading) : reading
        const attempt = new RunningJob(job, entry, codec, { report, childrenOf, enqueues, handleCancel })
        // From here on, so that a job which is cancelled while its schema takes its time is heard of.
        running.add(attempt)
        const settled = await attempt.run(open, measured ? measureRun(measured, handler) : handler)
        running.delete(attempt)
        if (settled.state === 'refused') {
          if (JobDeferred.is(settled.error)) await putBackFor(job, token, settled.error)
          throw settled.error
        }
        begun = true
        if (attempt.began) place = { kind: 'error', job: name, version: entry.version, id, bond: attempt.bond }
        else place = { ...place, bond: bondOf(job, contract, codec) }
        if (attempt.aborted?.code === 'LOCK_LOST') {
          tell?.away(job, { type: 'lost', error: attempt.aborted })
          throw new WaitingError()
        }
        if (attempt.stopped) throw describeFailure(attempt.stopped, codec, place)
        if (settled.state === 'abandoned' || (settled.state === 'threw' && attempt.aborted)) {
          await putBack(job, token)
          tell?.away(job, { type: 'postponed', why: 'closing' })
          throw new WaitingError()
        }
        // Whatever the handler made of what ended it.
        if (attempt.waits) {
          const waits = await waitForChildren(job, token, contract, report)
          if (waits instanceof WaitingChildrenError) await handleCancel?.(attempt, { did: 'wait' })
          if (!HandlerFailure.is(waits)) tell?.away(job, { type: 'postponed', why: 'children' })
          throw waits
        }
        if (settled.state === 'threw') {
          const { thrown } = settled
          if (HandlerFailure.is(thrown) && thrown.refusal) {
            begun = false
            throw thrown.refusal
          }
          if (JobDeferred.is(thrown)) await putBackFor(job, token, thrown)
          reportDuplicates(thrown, name)
          const failure = describeFailure(thrown, codec, place)
          if (retry) decideRetry(failure, job, retry, report)
          throw failure
        }
        // Before anything is awaited: what the handler still holds of its result may change.
        const since = performance.now()
        const encoded = encodeResult(settled.value, entry, attempt)
        const result = encoded instanceof Promise ? await encoded : encoded
        if (measured && result !== settled.value) measured.encodeMs = performance.now() - since
        const pending = attempt.addedTo && (await attempt.addedTo.counts()).unprocessed
        if (pending) throw pendingChildren(name)
        return result
      } catch (error) {
        // By a WaitingError BullMQ is told that it has nothing left to do. A handler's own cannot come here: see above.
        const isTold = error instanceof WaitingError || error instanceof WaitingChildrenError
        if (isTold || error instanceof HandlerFailure) throw error
        if (!begun && error instanceof BrineError && (await refuse?.(job, token, error))) throw new WaitingError()
        throw describeFailure(error, codec, begun ? place : { ...place, bond: bondOf(job, contract, codec) })
      }
    },
  }

  function encodeResult(
    value: unknown,
    entry: ContractJob,
    { stored, bond }: RunningJob,
  ): EncodedText | Promise<EncodedText> {
    if (value instanceof EncodedText) return value
    const { name, version, result } = entry
    const place: Place = { kind: 'result', job: name, version, id: String(stored.id), bond }
    const checked: Checked = { validator: result, failure: { code: 'RESULT_INVALID', job: name } }
    const encoded = codec.encodeChecked(value, place, checked)
    return encoded instanceof Promise ? encoded.then((text) => new EncodedText(text)) : new EncodedText(encoded)
  }

  async function failIfDoomed(job: StoredJob, token: string): Promise<void> {
    let error: BrineError | undefined
    try {
      error = await doom?.(job)
    } catch (unread) {
      // Redis was away, and whether the job is to fail is not known.
      report(unread)
      await putBack(job, token)
      throw new WaitingError()
    }
    if (error)
      throw describeFailure(error, codec, { kind: 'error', id: String(job.id), bond: bondOf(job, contract, codec) })
  }

  async function putBackFor(job: StoredJob, token: string, thrown: JobDeferred): Promise<never> {
    await deferJob(job, token, thrown, { limitRate, report })
    tell?.away(job, { type: 'postponed', why: thrown.why, forMs: thrown.ms })
    throw new WaitingError()
  }

  // The job goes to the front of those that wait, and no attempt is counted.
  async function putBack(job: StoredJob, token: string): Promise<void> {
    try {
      await job.moveToWait(token)
    } catch (error) {
      // Its lock runs out, and the check for stalled jobs puts it back.
      report(error)
    }
  }
}

function jobUnknown(contract: QueueContract, name: string): BrineError {
  return new BrineError(
    'JOB_UNKNOWN',
    `the queue '${contract.name}' has no such job here: deploy the workers that know it`,
    { job: String(name).slice(0, longestName) },
  )
}
