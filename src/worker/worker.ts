import { placeOf } from '../bullmq/quarantine-keys.ts'
import { StoredWorker } from '../bullmq/stored-worker.ts'
import { checkUse } from '../check-use.ts'
import { openConnection } from '../connection/connection.ts'
import { withinTime } from '../connection/within-time.ts'
import { checkContract, type QueueContract } from '../contract/contract.ts'
import { disposable } from '../disposable.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import { codecOf } from '../job/contract-codec.ts'
import { bondOf } from '../job/payload-bond.ts'
import { createQuarantineJob } from '../quarantine/quarantine-job.ts'
import { createUnreadableJobs } from '../quarantine/quarantine-unreadable.ts'
import { checkSkewTimeout, openRollout } from '../rollout/open-rollout.ts'
import { reconcileAtStart } from '../schedule/reconcile-at-start.ts'
import { openRunGuard } from '../schedule/run-guard.ts'
import { announceWorker } from './announce-worker.ts'
import { createAttemptEvents } from './attempt-events.ts'
import { type Backoff, backoffStrategy } from './backoff.ts'
import { convertBullMQError } from './bullmq-errors.ts'
import { createCancelListener } from './cancel-listener.ts'
import { forwardEvents } from './forward-events.ts'
import { createCancelHandler } from './handle-cancel.ts'
import { createDoom } from './job-mark.ts'
import { limitRate } from './limit-rate.ts'
import type { UntypedMiddleware } from './middleware.ts'
import { openHandlers } from './open-handlers.ts'
import type { QueueWorker } from './queue-worker.ts'
import { refuseEviction } from './refuse-eviction.ts'
import { createRefuseJob } from './refuse-job.ts'
import type { Retry } from './retry.ts'
import { createAlone } from './run-alone.ts'
import { createRunner } from './run-job.ts'
import { closeOnSignals } from './shutdown.ts'
import { waitUntilIdle } from './wait-until-idle.ts'
import { checkWatchdog, startWatchdog } from './watchdog.ts'
import { reportErrors } from './worker-errors.ts'
import { checkHandlers, passOn, type WorkerOptions } from './worker-options.ts'

const defaultGraceMs = 10_000
const abortMs = 1_000
const storeMs = 2_000

/**
 * Works on a queue's jobs: takes, decodes, validates, handles, and stores what comes of it. It begins at once.
 *
 * A job that cannot be opened, decoded or validated goes to quarantine, without an attempt and without its handler; one that only a
 * newer build can, waits for its workers first. Throws OPTIONS_INVALID, and
 * MODEL_INVALID for models that cannot stand beside each other.
 *
 * @example
 * const worker = createWorker(people, {
 *   connection: 'redis://127.0.0.1:6379',
 *   concurrency: 20,
 *   handlers: { greet: async ({ person }) => ({ text: `Hi ${person}`, greetedAt: new Date() }) },
 * })
 */
export function createWorker<C extends QueueContract>(contract: C, options: WorkerOptions<C>): QueueWorker {
  checkContract(contract)
  const given = checkHandlers(contract, options?.handlers)
  const passed = passOn(options)
  const { graceMs = defaultGraceMs, shutdownOnSignals = true, prefix = contract.prefix } = options
  if (typeof graceMs !== 'number' || !(graceMs >= 0)) {
    throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, 0 or more', { path: 'graceMs' })
  }
  const watchdogMs = checkWatchdog(options.watchdogMs)
  const skewTimeoutMs = checkSkewTimeout(options.skewTimeoutMs)
  const codec = codecOf(contract, prefix)
  const errors = reportErrors(contract.name, options.onError)
  const { settings } = passed
  // The names that they are called with are the contract's.
  const backoff = options.backoff as Backoff<QueueContract> | undefined
  const strategy = backoffStrategy({ backoff, settings, report: errors.report })
  const enqueues = checkUse<UntypedEnqueueMiddleware>(options.enqueues, 'enqueues')
  const use = checkUse<UntypedMiddleware>(options.use)
  const opened = openHandlers(contract, codec, given, use)
  const tell = createAttemptEvents(contract, use, errors.report)
  errors.tell = tell
  const guard = openRunGuard(contract, codec, settings, () => main.clock.nowMs())
  const runner = createRunner({
    ...{ contract, codec, guard, handlers: opened.handlers, enqueues, tell, report: errors.report },
    retry: options.retry as Retry<QueueContract> | undefined,
    limitRate: (ms) => bullmq.backend.insist(() => limitRate(ms, bullmq, main)),
    refuse: (...given) => refuse(...given),
    handleCancel: (...given) => handleCancel(...given),
    doom: (job) => createDoom(marks)(job),
  })

  const main = openConnection(options.connection, 'wait')
  // The name by which BullMQ lists a queue's workers.
  const listed = `${prefix ?? 'bull'}:${Buffer.from(contract.name).toString('base64')}${passed.name ? `:w:${passed.name}` : ''}`
  // BullMQ itself sees to one that blocks for too long.
  const blocking = main.another(listed, { silenceMs: Number.POSITIVE_INFINITY })
  const closeConnections = () => Promise.all([main.close(), blocking.close()])

  const admitted = refuseEviction({
    ...{ connection: main, allowEviction: options.allowEviction === true, report: errors.report },
  })
  // Whoever waits for the worker is told, and onError.
  admitted.catch(() => {})
  const alone = createAlone({
    ...{ worker: () => bullmq, connection: main, running: runner.running, isClosing: () => closing !== undefined },
    ...{ maxStalledCount: passed.maxStalledCount, report: errors.report },
  })
  let bullmq: StoredWorker
  try {
    bullmq = new StoredWorker(contract.name, main, blocking, {
      ...passed,
      ...(prefix !== undefined && { prefix }),
      settings: { ...settings, backoffStrategy: strategy },
      process: (job, token) => alone.run(job, token, (refusal) => runner.process(job, token, refusal)),
      hasSealedTimes: guard?.hasSealedTimes,
      judgesMarks: codec.sealed,
      admitted,
      maxTextBytes: codec.maxTextBytes,
      encodeFailure: async (job, error) =>
        codec.encodeThrown(await convertBullMQError(job, error, contract), {
          ...{ kind: 'error', id: String(job.id), bond: bondOf(job, contract, codec) },
        }),
    })
  } catch (error) {
    alone.end()
    void closeConnections()
    throw new BrineError('OPTIONS_INVALID', error instanceof Error ? error.message : String(error), { cause: error })
  }
  errors.listen(bullmq, main, runner)
  const forgetTold = tell ? forwardEvents(bullmq, main, tell) : () => {}
  const quarantineJob = createQuarantineJob({
    ...{ contract, connection: main, prefix, limiterMs: passed.limiter?.duration, report: errors.report },
    worker: () => passed.name ?? bullmq.id,
    insist: (...given) => bullmq.backend.insist(...given),
  })
  bullmq.backend.unreadableJobs = createUnreadableJobs(main, placeOf(contract.name, prefix), quarantineJob)
  const skew = openRollout({
    ...{ contract, connection: main, prefix, skewTimeoutMs, report: errors.report },
    ...{ id: bullmq.id, name: passed.name, toKey: (id) => bullmq.toKey(id) },
    letOthersFirst: () => bullmq.letOthersFirst(),
  })
  const refuse = createRefuseJob({
    ...{ quarantine: quarantineJob, lookForSkew: skew.lookForSkew, tell, report: errors.report },
  })
  const handleCancel = createCancelHandler(
    { contract, codec, connection: main, backend: bullmq.backend },
    errors.report,
  )
  const marks = { contract, codec, connection: main, toKey: (id: string) => bullmq.toKey(id), report: errors.report }
  const cancels = createCancelListener({ ...marks, running: runner.running })
  const watchdog = startWatchdog({
    ...{ worker: bullmq, main, blocking, running: runner.running, afterMs: watchdogMs, report: errors.report },
  })
  // An idle worker needs none.
  bullmq.once('active', cancels.listen)
  if (options.reconcileSchedules !== false) {
    const begin = () =>
      reconcileAtStart({
        ...{ contract, codec, prefix, enqueues, guard, worker: bullmq, connection: main, report: errors.report },
      })
    // A worker that is refused writes nothing.
    admitted.then(begin, () => {})
  }

  // A worker that waits for a server which is not there may be told to end: then that is what its process is to say.
  async function waitUntilReady(): Promise<void> {
    await bullmq.waitUntilReady().catch((error: unknown) => {
      if (closing === undefined) throw error
      return new Promise<never>(() => {})
    })
    await admitted
    await skew.begun
  }

  let closing: Promise<void> | undefined
  const close = (within: { graceMs?: number } = {}) => {
    closing ??= shutDown(within.graceMs ?? graceMs).finally(forget)
    return closing
  }
  const forget = shutdownOnSignals ? closeOnSignals(close) : () => {}

  async function shutDown(allowedMs: number): Promise<void> {
    watchdog.stop()
    const ended = bullmq.close()
    const over = async (timeoutMs: number) => settledWithin(ended, timeoutMs)
    const idle = runner.running.size === 0 && bullmq.backend.unsettled === 0
    if (idle && main.client.status !== 'ready') await closeConnections()
    // Without a running handler there is nothing to wait for but Redis.
    if (!(await over(idle ? Math.min(allowedMs, storeMs) : allowedMs))) {
      const reason = new BrineError(
        'WORKER_CLOSED',
        'the worker closes and the grace period is over; the job goes back',
      )
      for (const attempt of runner.running) attempt.abort(reason)
      if (runner.running.size > 0 && !(await over(abortMs))) for (const attempt of runner.running) attempt.abandon()
      await over(storeMs)
    }
    alone.end()
    bullmq.backend.patience = undefined
    await Promise.all([opened.close(), skew.end()])
    await Promise.all([cancels.close(), closeConnections()])
    await over(storeMs)
    errors.close()
    forgetTold()
  }

  admitted.catch((error: unknown) => {
    errors.report(error)
    // A process that this worker alone keeps alive would end as if all were well.
    if (shutdownOnSignals) process.exitCode ??= 1
    void close()
  })

  const worker = disposable<QueueWorker>({
    waitUntilReady,
    pause: ({ waitForRunning = true } = {}) => bullmq.pause(!waitForRunning),
    resume: () => bullmq.resume(),
    waitUntilIdle: (options) => waitUntilIdle(bullmq, options),
    close,
    health: () => ({
      queue: contract.name,
      isConnected: main.isReady && blocking.isReady,
      isPaused: bullmq.isPaused(),
      isClosing: closing !== undefined,
      isStuck: watchdog.isStuck,
      running: runner.running.size,
      clockAheadMs: main.clock.aheadMs,
    }),
    bullmq,
  })
  return announceWorker(worker)
}

/** Whether `work` is over within the time. */
async function settledWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const over = () => true
  return (await withinTime(timeoutMs, work.then(over, over))) ?? false
}
