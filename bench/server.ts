import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { startEmbedded } from 'brinemq/embedded'
import { Redis } from 'ioredis'

/** The Redis on which jobs are measured. */
export interface Server {
  readonly url: string
  readonly redis: Redis
  /** Its version, and whose it is. */
  readonly description: string
  /** Runs with a prefix of its own, and removes its keys. */
  withPrefix<T>(run: (prefix: string) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** That of REDIS_URL; else a `redis-server` of the bench's own, when one is installed; else an embedded Valkey. */
export async function openServer(): Promise<Server> {
  const given = process.env['REDIS_URL']
  const started = given ? undefined : ((await startNative()) ?? (await startEmbedded()))
  const url = given || `${started?.url}`
  const redis = new Redis(url)
  const whose = given ? 'native, at REDIS_URL' : started && 'isNative' in started ? 'native' : 'EMBEDDED, not native'
  return {
    url,
    redis,
    description: `${await versionOf(redis)}, ${whose}`,
    async withPrefix(run) {
      const prefix = `bench-${randomUUID()}`
      try {
        return await run(prefix)
      } finally {
        // Another's Redis is left as it was found.
        for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 10_000 })) {
          if (keys.length > 0) await redis.unlink(keys)
        }
      }
    },
    async close() {
      redis.disconnect()
      await started?.close()
    },
  }
}

/** Undefined where none is installed. It keeps nothing, and ends with this process. */
async function startNative() {
  const port = await freePort()
  const child = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  )
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  try {
    await once(child, 'spawn')
  } catch {
    return undefined
  }
  // It may not listen yet.
  const first = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: 250 }).on(
    'error',
    () => {},
  )
  await first.ping()
  first.disconnect()
  return {
    isNative: true,
    url: `redis://127.0.0.1:${port}`,
    async close() {
      process.off('exit', kill)
      kill()
      await once(child, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}

async function versionOf(redis: Redis): Promise<string> {
  const info = await redis.info('server')
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  return field('server_name') === 'valkey' ? `Valkey ${field('valkey_version')}` : `Redis ${field('redis_version')}`
}

/** A figure of INFO memory, in bytes. */
export async function memoryOf(redis: Redis, field: string): Promise<number> {
  const info = await redis.info('memory')
  return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? Number.NaN)
}
