import type { RedisClient, RedisQueueBackend } from 'bullmq'
import { AddingBackend } from './adding-backend.ts'
import { takeTemplate } from './template.ts'

const timeCommand = 'brineTime'
const timeLua = `local now = redis.call('TIME') return string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000))`

// Behind the keys of the script.
const timeInAddJobScheduler = 17

/** BullMQ's commands, and schedules whose first run is decided here, where the text of their template is sealed for it. */
export class SchedulingBackend extends AddingBackend {
  /** Milliseconds since 1970 by the clock of Redis, which all who use it share. */
  async serverMs(): Promise<number> {
    const client = await this.queue.client
    if (!Reflect.has(client, timeCommand)) client.defineCommand(timeCommand, { numberOfKeys: 0, lua: timeLua })
    return Number(await client.runCommand(timeCommand, []))
  }

  override addJobScheduler(...given: Parameters<RedisQueueBackend['addJobScheduler']>) {
    const [id, nextMillis, printed, templateOptions, schedule, runOptions, producer] = given
    const { text = printed, options, plan } = takeTemplate(templateOptions)
    if (!plan) return super.addJobScheduler(id, nextMillis, text, options, schedule, runOptions, producer)
    const { nowMs, slot, offset } = plan
    // The script asks nobody for the time: it is told.
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
