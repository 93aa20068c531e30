import { type DatabaseType, type RedisClient, RedisConnection } from 'bullmq'
import type { Client } from '../connection/client.ts'

export interface LinkOptions {
  blocking: boolean
  skipVersionCheck: boolean
}

/**
 * BullMQ's view of one of our connections, which it does not close. BullMQ asks the server for its version once and keeps an error for good: a
 * worker that met a busy server at its start would never take a job. After an error, this one asks again when it is next used.
 */
export class Link extends RedisConnection {
  readonly #open: () => RedisConnection
  #hasFailed = false
  #again: Promise<RedisClient> | undefined
  #latest: RedisConnection | undefined

  constructor(client: Client, options: LinkOptions) {
    super(client, { ...options, shared: true })
    this.#open = () => new RedisConnection(client, { ...options, shared: true })
    this.#note(super.client)
  }

  override get client(): Promise<RedisClient> {
    if (this.#hasFailed && !this.closing) {
      this.#hasFailed = false
      this.#again = this.#ask()
      this.#note(this.#again)
    }
    return this.#again ?? super.client
  }

  override get redisVersion(): string {
    return this.#latest?.redisVersion ?? super.redisVersion
  }

  override get databaseType(): DatabaseType {
    return this.#latest?.databaseType ?? super.databaseType
  }

  #note(asked: Promise<unknown>): void {
    asked.catch(() => {
      this.#hasFailed = true
    })
  }

  async #ask(): Promise<RedisClient> {
    const opened = this.#open()
    try {
      const client = await opened.client
      this.#latest = opened
      this.capabilities = opened.capabilities
      this.status = 'ready'
      return client
    } finally {
      // Removes its listeners.
      await opened.close()
    }
  }
}
