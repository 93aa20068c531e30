import { type Cluster, Redis, type RedisOptions } from 'ioredis'
import { BrineError } from '../errors.ts'

/** ioredis' own options, which are BullMQ's too; or a `url`, with options that go over it. */
export interface ConnectionOptions extends Omit<RedisOptions, 'replyMapping'> {
  url?: string
}

/**
 * How Redis is reached: a URL (`redis://` or `rediss://`), options, or an ioredis client of the user's own, which is never
 * closed here. Default `redis://127.0.0.1:6379`.
 */
export type ConnectionInput = string | ConnectionOptions | Redis | Cluster

/** A connection to Redis, and whether it is ours to close. */
export interface Connection {
  readonly client: Redis | Cluster
  /** Host and port, for messages; never a password. */
  readonly address: string
  /** Resolves once commands are answered, and throws REDIS_UNREACHABLE when that takes longer than `timeoutMs`. */
  ready(timeoutMs: number): Promise<void>
  /** REDIS_UNREACHABLE, with what to do about it. */
  unreachable(what: string): BrineError
  /** Another connection to the same server, always ours to close, that waits for ever: to block on, or to read along. */
  another(): Connection
  /** Sends what is written and hangs up, unless the client is the user's own. */
  close(): Promise<void>
}

export interface ConnectionUse {
  /**
   * What becomes of a command when the server goes away. `fail`: it fails at once, and is not sent again behind the back of
   * a caller who was told so. `wait`: it waits for the server, for as long as that takes.
   */
  lost: 'fail' | 'wait'
  /** Told of every connection error; without it they are kept for the message of REDIS_UNREACHABLE. */
  onError?: ((error: Error) => void) | undefined
}

const longestRetryMs = 2_000
const quitTimeoutMs = 1_000

/** Opens a connection, at once and without waiting for it. Throws OPTIONS_INVALID. */
export function openConnection(given: ConnectionInput | undefined, use: ConnectionUse): Connection {
  if (isClient(given)) {
    if (given.options.keyPrefix) throw optionsInvalid('keyPrefix breaks the scripts of BullMQ; pass prefix instead')
    return connectionOf(given, { ...use, owned: false })
  }
  return connectionOf(createClient(given ?? {}, use.lost), { ...use, owned: true })
}

function createClient(given: string | ConnectionOptions, lost: ConnectionUse['lost']): Redis {
  const { url, ...options } = typeof given === 'string' ? { url: given } : given
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null)) {
    throw optionsInvalid('connection must be a URL, connection options, or an ioredis client')
  }
  if (options.keyPrefix) throw optionsInvalid('keyPrefix breaks the scripts of BullMQ; pass prefix instead')
  const settings = {
    retryStrategy: (times: number) => Math.min(times * 100, longestRetryMs),
    ...options,
    maxRetriesPerRequest: lost === 'fail' ? 0 : null,
    autoResendUnfulfilledCommands: lost === 'wait',
  }
  if (url === undefined) return new Redis(settings)
  // The URL stands in no message: it may hold a password.
  if (!/^rediss?:\/\//i.test(url) || !URL.canParse(url)) {
    throw optionsInvalid('a connection URL reads redis://host:port or rediss://host:port')
  }
  return new Redis(url, settings)
}

function connectionOf(client: Redis | Cluster, use: ConnectionUse & { owned: boolean }): Connection {
  const address = addressOf(client)
  let lastError: Error | undefined
  const remember = (error: Error) => {
    lastError = error
    use.onError?.(error)
  }
  // An emitter of errors that nobody listens to would end the process, or print for ever.
  client.on('error', remember)

  // One pair of listeners for all who wait, however many enqueue while the server is away.
  let change: Promise<void> | undefined
  const changed = () => {
    change ??= new Promise<void>((resolve) => {
      const done = () => {
        client.off('ready', done).off('end', done)
        change = undefined
        resolve()
      }
      client.on('ready', done).on('end', done)
    })
    return change
  }
  const unreachable = (what: string) => {
    const why = lastError ? ` (${lastError.message || lastError.name})` : ''
    return new BrineError(
      'REDIS_UNREACHABLE',
      `${what} at ${address}${why}; start Redis there (docker compose up, or npm run redis), or pass connection`,
      lastError && { cause: lastError },
    )
  }
  return {
    client,
    address,
    unreachable,
    async ready(timeoutMs) {
      if (isReady(client)) return
      if (client.status === 'wait') client.connect().catch(() => {})
      if (client.status !== 'end') await within(timeoutMs, changed())
      if (!isReady(client)) throw unreachable(`no Redis answered within ${timeoutMs} ms`)
    },
    another() {
      return connectionOf(duplicate(client), { ...use, lost: 'wait', owned: true })
    },
    async close() {
      if (use.owned) await hangUp(client)
      client.off('error', remember)
      if (use.owned) client.on('error', () => {})
    },
  }
}

/** Resolves when `work` does or the time is over, whichever is first; the caller looks which. */
async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

async function hangUp(client: Redis | Cluster): Promise<void> {
  if (client.status === 'end') return
  if (isReady(client)) await within(quitTimeoutMs, client.quit().then(noop, noop))
  client.disconnect()
}

function duplicate(client: Redis | Cluster): Redis | Cluster {
  const waits = { maxRetriesPerRequest: null, autoResendUnfulfilledCommands: true, enableOfflineQueue: true }
  return isCluster(client) ? client.duplicate([], { redisOptions: waits }) : client.duplicate(waits)
}

function isReady(client: Redis | Cluster): boolean {
  return client.status === 'ready'
}

function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster
}

// By its shape, as BullMQ tells: the user's ioredis may be another copy of the package.
function isClient(given: unknown): given is Redis | Cluster {
  if (typeof given !== 'object' || given === null) return false
  return ['connect', 'disconnect', 'duplicate'].every((name) => typeof Reflect.get(given, name) === 'function')
}

function addressOf(client: Redis | Cluster): string {
  if (isCluster(client)) return 'the nodes of the given cluster'
  const { path, sentinels, name, host, port } = client.options
  if (sentinels) return `the master '${name}' of the given sentinels`
  return path ?? `${host}:${port}`
}

function optionsInvalid(remedy: string): BrineError {
  return new BrineError('OPTIONS_INVALID', remedy)
}

function noop(): void {}
