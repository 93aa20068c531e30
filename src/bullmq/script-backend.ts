import { type IRedisTransaction, type RedisClient, RedisQueueBackend } from 'bullmq'
import { RedisClock } from '../connection/redis-clock.ts'
import { defaultLimits } from '../limits/limits.ts'
import { hardenedName } from './hardened-scripts.ts'
import type { ScriptCalls } from './script-calls.ts'
import { allowsShortcuts } from './tested-versions.ts'

/** BullMQ's commands, hardened, of which those that each job takes go a short way to Redis. */
export class ScriptBackend extends RedisQueueBackend {
  /** None where they go BullMQ's own way. */
  calls: ScriptCalls | undefined
  /** How often the connection was lost. */
  losses = () => 0
  /** How the clock of this process stands to that of Redis. */
  clock = new RedisClock()
  /** A longer text of the queue is not fetched. By default that of a contract without limits of its own, in base64 as keys have it. */
  maxTextBytes = 2 * defaultLimits.maxBytes
  /** The scripts that ran, by BullMQ's names. */
  readonly #known = new Map<string, { client: RedisClient; name: string }>()

  override execCommand(client: RedisClient | IRedisTransaction, command: string, args: unknown[]): unknown {
    if (!isTransaction(client)) return super.execCommand(client, this.harden(client, command), args)
    const name = this.#known.get(command)?.name ?? command
    return super.execCommand(client, Reflect.has(client, `${name}:${this.version}`) ? name : command, args)
  }

  /** The name of a command in its hardened form. A transaction knows those that its client knew when it began. */
  protected harden(client: RedisClient, command: string): string {
    const known = this.#known.get(command)
    if (known?.client === client) return known.name
    const name = hardenedName(client, command, this.version, this.maxTextBytes)
    this.#known.set(command, { client, name })
    return name
  }

  /** As `execCommand`, by the queue's own connection. */
  protected callScript(command: string, args: Parameters<ScriptCalls['call']>[1]): Promise<unknown> {
    const byBullMQ = () => this.#byBullMQ(command, args)
    if (!allowsShortcuts(this.version)) return byBullMQ()
    return this.calls?.call(this.#nameOf(command), args, byBullMQ) ?? byBullMQ()
  }

  async #byBullMQ(command: string, args: Parameters<ScriptCalls['call']>[1]): Promise<unknown> {
    const reply: unknown = await this.execCommand(await this.queue.client, command, [...args])
    this.calls?.learn(this.#nameOf(command), args.length)
    return reply
  }

  #nameOf(command: string): string {
    return `${this.#known.get(command)?.name ?? command}:${this.version}`
  }
}

// ioredis' has every method of a client.
function isTransaction(client: RedisClient | IRedisTransaction): client is IRedisTransaction {
  return !('defineCommand' in client) || 'isPipeline' in client
}
