import type { RedisClient, RedisQueueBackend, RepeatOptions, WorkerOptions } from 'bullmq'
import { AddingBackend } from './adding-backend.ts'
import { runOf } from './job-id.ts'
import { nextByPattern } from './next-by-pattern.ts'
import { takeTemplate } from './scheduler-template.ts'
import { serverMsLua } from './server-time.ts'

const timeCommand = 'brineTime'
const timeLua = `${serverMsLua}\nreturn serverMs()`

// Behind the keys of the script.
const timeInAddJobScheduler = 17

/** BullMQ's commands, by the clock of Redis, and schedules whose first run is decided here, where the text of their template is sealed for it. */
export class SchedulingBackend extends AddingBackend {
  /** Milliseconds since 1970 by the clock of Redis, which all who use it share. */
  async serverMs(): Promise<number> {
    const client = await this.queue.client
    if (!Reflect.has(client, timeCommand)) client.defineCommand(timeCommand, { numberOfKeys: 0, lua: timeLua })
    return Number(await client.runCommand(timeCommand, []))
  }

  /** Removes jobs of a state that are older than `before`, a time of this process' clock. */
  override async cleanJobsByState(...[state, before, limit]: Parameters<RedisQueueBackend['cleanJobsByState']>) {
    const asked = Date.now()
    return super.cleanJobsByState(state, before + (await this.serverMs()) - asked, limit)
  }

  override async retryFinishedJobs(...[state, count, until]: Parameters<RedisQueueBackend['retryFinishedJobs']>) {
    return super.retryFinishedJobs(state, count, until ?? (await this.serverMs()))
  }

  /**
   * Adds the next run of a schedule. BullMQ computes its slot from the clock of the process: a clock that is ahead would skip runs.
   */
  override updateJobSchedulerNextMillis(
    ...given: Parameters<RedisQueueBackend['updateJobSchedulerNextMillis']>
  ): ReturnType<RedisQueueBackend['updateJobSchedulerNextMillis']> {
    const [id, , text, options, producer = ''] = given
    const { aheadMs = 0, isNotable } = this.clock
    const { settings }: Partial<WorkerOptions> = this.queue.opts
    const repeat: RepeatOptions | undefined = Reflect.get(options, 'repeat')
    const isByUs = repeat?.pattern !== undefined && settings?.repeatStrategy === undefined
    if (!(isByUs && isNotable && aheadMs > 0)) return super.updateJobSchedulerNextMillis(...given)
    const now = this.clock.nowMs()
    const slot = nextByPattern(repeat, Math.max(now, runOf(producer)?.slot ?? 0))
    if (slot === undefined) return super.updateJobSchedulerNextMillis(...given)
    const own = { jobId: `repeat:${id}:${slot}`, prevMillis: slot, timestamp: now, delay: Math.max(0, slot - now) }
    return super.updateJobSchedulerNextMillis(id, slot, text, { ...options, ...own }, producer)
  }

  override addJobScheduler(...given: Parameters<RedisQueueBackend['addJobScheduler']>) {
    const [id, nextMillis, printed, templateOptions, schedule, runOptions, producer] = given
    const { text = printed, options, plan } = takeTemplate(templateOptions)
    if (!plan) return super.addJobScheduler(id, nextMillis, text, options, schedule, runOptions, producer)
    const { nowMs, slot, offset } = plan
    // The script uses the time that it receives.
    const execCommand = (client: RedisClient, command: string, args: unknown[]) =>
      this.execCommand(client, command, args.with(timeInAddJobScheduler, nowMs))
    const then: this = Object.create(this, { execCommand: { value: execCommand } })
    return super.addJobScheduler.call(
      ...([then, id, slot ?? nextMillis, text, options] as const),
      offset === undefined ? schedule : { ...schedule, offset },
      slot === undefined ? runOptions : { ...runOptions, prevMillis: slot },
      producer,
    )
  }
}
