import { defaultRepeatStrategy, type JobsOptions } from 'bullmq'
import { takeTemplate } from '../bullmq/scheduler-template.ts'
import type { ContractJob } from '../contract/contract.ts'
import type { CheckedRepeat } from '../contract/repeat.ts'
import { BrineError } from '../errors.ts'
import { firstSlot } from '../schedule/slots.ts'
import type { ScheduledQueue } from '../schedule/stored-schedules.ts'
import type { MemoryJob } from './memory-job.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { TestClock } from './test-clock.ts'

export interface MemoryScheduler {
  /** The schedules, as BullMQ's queue has them. */
  readonly queue: ScheduledQueue
  /** A job is taken: when it is the run of a schedule, the next one is added. */
  taken(job: MemoryJob): void
}

export interface MemorySchedulerSources {
  /** The queue's name. */
  name: string
  queue: MemoryQueue
  clock: TestClock
  find: (name: string) => ContractJob
  /** A run was added that may be due. */
  added: () => unknown
}

interface Scheduled {
  name: string
  text: string
  /** Of each run. */
  options: JobsOptions
  /** Of the template, which says where it was declared. */
  stored: JobsOptions
  repeat: CheckedRepeat
  nextMs: number
  count: number
}

/** Schedules in memory: BullMQ's rules, and its reading of cron patterns, on a test's clock. */
export function createMemoryScheduler({
  name: ofQueue,
  queue,
  clock,
  find,
  added,
}: MemorySchedulerSources): MemoryScheduler {
  const schedules = new Map<string, Scheduled>()
  const nowMs = () => clock.now.getTime()
  const runId = (id: string, ms: number) => `repeat:${id}:${ms}`

  function addRun(id: string, { name, text, options, repeat, nextMs }: Scheduled): void {
    const { immediately, ...kept } = repeat
    const run = { ...options, repeat: kept, jobId: runId(id, nextMs), delay: Math.max(0, nextMs - nowMs()) }
    queue.add({ queue: ofQueue, job: find(name), text, options: run }, { schedule: id })
  }

  // A run that works or has ended stays.
  function removeRun(id: string, ms: number): boolean {
    const run = queue.get(runId(id, ms))
    if (run?.state !== 'waiting' && run?.state !== 'delayed') return false
    queue.remove(run)
    return true
  }

  async function upsertJobScheduler(
    id: string,
    repeat: CheckedRepeat,
    { name, opts }: { name: string; opts: JobsOptions },
  ) {
    const { text = '', options: stored, plan } = takeTemplate(opts)
    const earlier = schedules.get(id)
    const wasThere = earlier !== undefined && removeRun(id, earlier.nextMs)
    const keepsPace = wasThere && repeat.every !== undefined && earlier.repeat.every === repeat.every
    let nextMs = keepsPace ? earlier.nextMs : firstSlot(repeat, plan?.nowMs ?? nowMs())
    if (nextMs === undefined) return undefined
    // What ran a moment ago under this id is another run.
    while (repeat.every !== undefined && queue.get(runId(id, nextMs))) nextMs += repeat.every
    const { every, offset } = repeat
    const slot = every !== undefined && !offset && !wasThere ? { offset: nextMs % every } : {}
    const scheduled = { name, text, options: opts, stored, repeat: { ...repeat, ...slot }, nextMs, count: 1 }
    schedules.set(id, scheduled)
    addRun(id, scheduled)
    await added()
    return { id: runId(id, nextMs) }
  }

  function taken({ id: jobId, schedule: id }: MemoryJob): void {
    const scheduled = id === undefined ? undefined : schedules.get(id)
    if (id === undefined || !scheduled || jobId !== runId(id, scheduled.nextMs)) return
    const { limit, endDate } = scheduled.repeat
    if (limit !== undefined && scheduled.count >= limit) return
    if (endDate !== undefined && nowMs() > endDate) return
    const nextMs = nextRun(scheduled, nowMs())
    if (nextMs === undefined) return
    Object.assign(scheduled, { nextMs, count: scheduled.count + 1 })
    addRun(id, scheduled)
  }

  function fieldsOf({ name, text, stored, repeat, count }: Scheduled): Record<string, string> {
    const { immediately, ...given } = repeat
    const fields = { name, data: text, opts: JSON.stringify(stored), ic: count, ...given }
    const defined = Object.entries(fields).filter(([, value]) => value !== undefined)
    return Object.fromEntries(defined.map(([field, value]) => [field, String(value)]))
  }

  const scheduled: ScheduledQueue = {
    upsertJobScheduler,
    async removeJobScheduler(id) {
      const found = schedules.get(id)
      if (!found) return false
      schedules.delete(id)
      removeRun(id, found.nextMs)
      return true
    },
    backend: {
      serverMs: async () => nowMs(),
      async getJobSchedulersRange() {
        const all = [...schedules].sort(([, one], [, other]) => one.nextMs - other.nextMs)
        return all.flatMap(([id, { nextMs }]) => [id, String(nextMs)])
      },
      async getJobSchedulerData(id) {
        const found = schedules.get(id)
        return found ? fieldsOf(found) : {}
      },
      async getJobScheduler(id) {
        const found = schedules.get(id)
        return found ? [Object.entries(fieldsOf(found)).flat(), String(found.nextMs)] : [null, null]
      },
    },
  }
  return { queue: scheduled, taken }
}

// As BullMQ's scripts have it.
function nextRun({ repeat, nextMs }: Scheduled, nowMs: number): number | undefined {
  const { every, offset = 0 } = repeat
  if (every === undefined) return nextByPattern(repeat, Math.max(nextMs, nowMs))
  if (nextMs + every >= nowMs) return nextMs + every
  const aligned = Math.floor(nowMs / every) * every + offset
  return aligned <= nowMs ? aligned + every : aligned
}

function nextByPattern({ immediately, ...repeat }: CheckedRepeat, fromMs: number): number | undefined {
  const next: unknown = defaultRepeatStrategy(fromMs, repeat)
  if (next === undefined || typeof next === 'number') return next
  throw new BrineError('OPTIONS_INVALID', 'has no run in the future', { path: 'repeat.pattern' })
}
