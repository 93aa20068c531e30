import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'

function inherited(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: test/redis.ts sets it before the tests`)
  return value
}

/** The Redis of this run: REDIS_URL, or an embedded server. */
export const redisUrl: string = inherited('REDIS_URL')

let prefixes = 0

/** A key prefix that no other test uses. Each test takes one, and nobody flushes. */
export function freshPrefix(): string {
  return `${inherited('BRINE_TEST_RUN')}-${process.pid}-${prefixes++}`
}

/** A client for the running test, closed when it has finished. */
export function openClient(url: string = redisUrl): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: null })
  onTestFinished(() => client.disconnect())
  return client
}
