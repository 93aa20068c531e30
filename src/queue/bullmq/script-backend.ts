import { RedisQueueBackend } from 'bullmq'
import type { ScriptCalls } from './script-calls.ts'

/** BullMQ's commands, of which those that each job takes go a short way to Redis. */
export class ScriptBackend extends RedisQueueBackend {
  /** None where they go BullMQ's own way. */
  calls: ScriptCalls | undefined

  /** As `execCommand`, by the queue's own connection. */
  protected callScript(command: string, args: Parameters<ScriptCalls['call']>[1]): Promise<unknown> {
    const byBullMQ = () => this.#byBullMQ(command, args)
    return this.calls?.call(`${command}:${this.version}`, args, byBullMQ) ?? byBullMQ()
  }

  async #byBullMQ(command: string, args: Parameters<ScriptCalls['call']>[1]): Promise<unknown> {
    const reply: unknown = await this.execCommand(await this.queue.client, command, [...args])
    this.calls?.learn(`${command}:${this.version}`, args.length)
    return reply
  }
}
