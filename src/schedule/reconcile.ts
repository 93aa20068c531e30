import { createHash } from 'node:crypto'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { join, root } from '../path.ts'
import { openTemplate } from './open-template.ts'
import type { ReconcileLease } from './reconcile-lease.ts'
import {
  hasEnded,
  type PreparedSchedule,
  prepareSchedule,
  readSchedules,
  type StoredSchedule,
} from './stored-schedules.ts'
import { type ScheduleWriter, writeSchedule } from './write-schedule.ts'

/** What `reconcile` did, by the schedules' ids. */
export interface Reconciled {
  added: string[]
  changed: string[]
  removed: string[]
}

/** `note` is told of all templates that are there, too. */
export interface ReconcileOptions extends ScheduleWriter {
  /** Keeps other processes off: see createReconcileLease. */
  lease: ReconcileLease
  /** Default the machine's. */
  nowMs?: (() => number) | undefined
  /** Bounds each command: see Sender. The whole may wait for another process that is at it. */
  send: <T>(work: () => Promise<T>) => Promise<T>
  /** Writes a schedule, and bounds that itself, by way of a producer's middlewares. Default: as it is. */
  write?: (id: string, schedule: PreparedSchedule, declared: string) => Promise<string>
}

interface Declared {
  id: string
  prepared: PreparedSchedule
  digest: string
}

type Step = { id: string; kind: 'added' | 'changed'; declared: Declared } | { id: string; kind: 'removed' }

/**
 * Makes Redis hold the schedules that the contract declares: adds, changes, and removes those that it declared before and no
 * longer does. Those made by hand stay, and so does the next run of those that did not change.
 *
 * All are checked before anything is sent. Of several processes that start together one does the work, and the others find it
 * done: they compare, and take a lease only when something differs. What a process left undone that died over it, the next does.
 */
export async function reconcileSchedules(options: ReconcileOptions): Promise<Reconciled> {
  const { contract, codec, queue, lease, send, write, note, nowMs = Date.now } = options
  const declared = await prepareDeclared(contract, codec, nowMs())
  const done: Reconciled = { added: [], changed: [], removed: [] }
  const differences = async () => {
    const stored = await send(() => readSchedules(queue))
    return compare(declared, codec.sealed ? stored.map(readMark) : stored, nowMs())
  }
  let steps = await differences()
  if (steps.length === 0) return done
  await lease.acquire()
  try {
    steps = await differences()
    for (let step = steps.shift(); step; step = steps.shift()) {
      await run(step)
      done[step.kind].push(step.id)
      // Others may have been at work: what is left to do is looked at anew.
      if (steps.length > 0 && !(await keepLease(lease))) steps = await differences()
    }
  } finally {
    // It runs out by itself.
    await lease.release().catch(() => {})
  }
  return done

  async function run(step: Step): Promise<unknown> {
    const { id } = step
    if (step.kind === 'removed') return send(() => queue.removeJobScheduler(id))
    const { prepared, digest } = step.declared
    return write ? write(id, prepared, digest) : send(() => writeSchedule(options, id, prepared, digest))
  }

  /** With keys a schedule is what its seal says: anybody could have written the mark beside it, and the times. */
  function readMark(stored: StoredSchedule): Marked {
    const opened = openTemplate(contract, codec, stored)
    if (!opened) return { ...stored, isDamaged: true }
    note?.(stored.id, opened.seal)
    return { ...stored, declared: opened.seal.declared, isDamaged: opened.repeat === undefined }
  }
}

interface Marked extends StoredSchedule {
  isDamaged?: boolean
}

/** Whether the lease was ours all the while; it is again, in any case. */
async function keepLease(lease: ReconcileLease): Promise<boolean> {
  const kept = await lease.keep()
  if (!kept) await lease.acquire()
  return kept
}

async function prepareDeclared({ schedules }: QueueContract, codec: EnvelopeCodec, nowMs: number): Promise<Declared[]> {
  const all: Declared[] = []
  for (const [id, schedule] of schedules) {
    try {
      const prepared = await prepareSchedule(codec, id, schedule, nowMs)
      all.push({ id, prepared, digest: digestOf(prepared) })
    } catch (error) {
      if (!(error instanceof BrineError)) throw error
      const { path = root } = error
      const place = `schedules.${id}`
      throw error.relocated({ path: path.startsWith(root) ? join(`${place}.payload`, path) : `${place}.${path}` })
    }
  }
  return all
}

// Short, since it stands in Redis beside each schedule; nobody gains by a collision.
function digestOf({ job, fingerprint, repeat, options }: PreparedSchedule): string {
  const written = JSON.stringify([job.name, fingerprint, repeat, options])
  return createHash('sha256').update(written).digest('base64url').slice(0, 22)
}

function compare(declared: readonly Declared[], stored: readonly Marked[], nowMs: number): Step[] {
  const found = new Map(stored.map((one) => [one.id, one]))
  const steps: Step[] = []
  const wanted = new Set<string>()
  for (const one of declared) {
    const { id, digest, prepared } = one
    const there = found.get(id)
    const isAsDeclared = there?.declared === digest && !there.isDamaged
    if (isAsDeclared) wanted.add(id)
    // One whose end has come is not added any more, as BullMQ would refuse it.
    if (isAsDeclared || hasEnded(prepared.repeat, nowMs)) continue
    wanted.add(id)
    steps.push({ id, kind: there ? 'changed' : 'added', declared: one })
  }
  for (const { id, declared: mark } of stored) {
    if (mark !== undefined && !wanted.has(id)) steps.push({ id, kind: 'removed' })
  }
  return steps
}
