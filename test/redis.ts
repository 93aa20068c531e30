import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { startEmbedded } from '../src/embedded/index.ts'

/** Before all tests: a Redis for the run, that of REDIS_URL or an embedded one. The tests' processes inherit both names. */
export default async function openRedis(): Promise<() => Promise<void>> {
  const run = `brine-test-${randomUUID()}`
  process.env['BRINE_TEST_RUN'] = run
  const url = process.env['REDIS_URL']
  if (url) return () => removeKeys(url, run)
  const server = await startEmbedded()
  process.env['REDIS_URL'] = server.url
  return () => server.close()
}

// Somebody's own Redis is left as it was found.
async function removeKeys(url: string, run: string): Promise<void> {
  const redis = new Redis(url)
  for await (const keys of redis.scanStream({ match: `*${run}*`, count: 1000 })) {
    if (keys.length > 0) await redis.unlink(keys)
  }
  redis.disconnect()
}
