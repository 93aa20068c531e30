import { type Cluster, Redis, type RedisOptions } from 'ioredis'
import { BrineError } from '../../errors.ts'
import { longestTimerMs } from '../../longest-timer.ts'

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
  /** Whether commands are answered now. */
  readonly isReady: boolean
  /** Whether it has ended for good. */
  readonly hasEnded: boolean
  /** Resolves when it becomes ready or ends, the next time. */
  change(): Promise<void>
  /** Resolves once commands are answered, and throws REDIS_UNREACHABLE when that takes longer than `timeoutMs`, which may be Infinity. */
  ready(timeoutMs: number): Promise<void>
  /**
   * Sees to a connection that seems to be there and answers nothing, as one does whose other end vanished without a word: asks it,
   * and when no answer comes in time, hangs up and connects anew. Says whether it had to.
   */
  revive(timeoutMs: number): Promise<boolean>
  /** Hangs up and connects anew at once. Commands fare as when the server goes away. */
  reset(): void
  /** REDIS_UNREACHABLE, with what to do about it. */
  unreachable(what: string): BrineError
  /** Another connection to the same server, always ours to close, that waits for ever: to block on, or to read along. Redis lists it by `name`. */
  another(name?: string, use?: AnotherUse): Connection
  /** Sends what is written and hangs up, unless the client is the user's own. */
  close(): Promise<void>
}

export interface AnotherUse {
  /**
   * How long a read may go unanswered, in milliseconds, before the connection is taken for dead and made anew; longer than any
   * that blocks. Infinity where somebody else sees to it. Default 15,000: the longest here blocks for ten seconds.
   */
  silenceMs?: number
}

/**
 * What becomes of a command when the server goes away. `fail`: it fails at once, and is not sent again behind the back of a
 * caller who was told so. `wait`: it waits for the server, for as long as that takes.
 */
export type WhenLost = 'fail' | 'wait'

const longestRetryMs = 2_000
const quitTimeoutMs = 1_000
const defaultSilenceMs = 15_000

/** Opens a connection, at once and without waiting for it. Throws OPTIONS_INVALID. */
export function openConnection(given: ConnectionInput | undefined, lost: WhenLost): Connection {
  if (isClient(given)) {
    if (given.options.keyPrefix) throw optionsInvalid('keyPrefix breaks the scripts of BullMQ; pass prefix instead')
    return connectionOf(given, { owned: false })
  }
  return connectionOf(createClient(given ?? {}, lost), { owned: true })
}

function createClient(given: string | ConnectionOptions, lost: WhenLost): Redis {
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

function connectionOf(client: Redis | Cluster, use: { owned: boolean; blocks?: boolean }): Connection {
  const address = addressOf(client)
  let lastError: Error | undefined
  let closing: Promise<void> | undefined
  let changed: { promise: Promise<void>; resolve: () => void } | undefined
  const wake = () => {
    changed?.resolve()
    changed = undefined
  }
  const change = () => {
    if (client.status === 'wait') client.connect().catch(noop)
    if (changed === undefined) {
      let resolve = noop
      const promise = new Promise<void>((done) => {
        resolve = done
      })
      changed = { promise, resolve }
    }
    return changed.promise
  }
  const onReady = () => {
    lastError = undefined
    wake()
  }
  // Without this one, an emitter of errors that nobody listens to would end the process, or print for ever.
  const onError = (error: Error) => {
    lastError = error
  }
  // As BullMQ does: a client of the user's may serve many producers and workers.
  client.setMaxListeners(client.getMaxListeners() + 1)
  client.on('error', onError).on('ready', onReady).on('end', wake)

  let reviving: Promise<boolean> | undefined
  const reset = () => {
    // Without a socket it is being made anew already, and ioredis would take this for its end.
    if (closing || !(isReady(client) || client.status === 'connect')) return
    client.disconnect(true)
    // A dead one would not answer the farewell, which is waited for.
    if (!isCluster(client)) client.stream?.destroy()
  }
  async function answers(timeoutMs: number): Promise<boolean> {
    let answered = false
    const told = () => {
      answered = true
    }
    // After a loss it is another connection's matter.
    const asked = isReady(client) ? client.ping().then(told, told) : change().then(told)
    await within(timeoutMs, asked)
    // After a handler that held the event loop for long the timer comes first, and the answer has been there all the while.
    for (let turn = 0; turn < 3 && !answered; turn += 1) await new Promise<void>((next) => setImmediate(next))
    return answered
  }
  async function reviveWithin(timeoutMs: number): Promise<boolean> {
    // One that waits to connect again, or is about to, has its own timeouts. The first questions of a new one have none.
    const mayHang = () => !closing && (isReady(client) || client.status === 'connect')
    if (!mayHang() || (await answers(timeoutMs)) || !mayHang()) return false
    reset()
    return true
  }

  const unreachable = (what: string) => {
    // The error of a host with several addresses has no message.
    const why = lastError ? ` (${lastError.message || Reflect.get(lastError, 'code') || lastError.name})` : ''
    return new BrineError(
      'REDIS_UNREACHABLE',
      `${what} at ${address}${why}; ${remedyOf(lastError)}`,
      lastError && { cause: lastError },
    )
  }
  return {
    client,
    address,
    unreachable,
    get isReady() {
      return isReady(client)
    },
    get hasEnded() {
      return client.status === 'end'
    },
    change,
    async ready(timeoutMs) {
      if (!isReady(client) && client.status !== 'end') await within(timeoutMs, change())
      if (!isReady(client)) throw unreachable(`no Redis answered within ${timeoutMs} ms`)
    },
    reset,
    revive(timeoutMs) {
      reviving ??= reviveWithin(timeoutMs).finally(() => {
        reviving = undefined
      })
      return reviving
    },
    another(name, { silenceMs = defaultSilenceMs } = {}) {
      return connectionOf(duplicate(client, name, silenceMs), { owned: true, blocks: true })
    },
    close() {
      closing ??= shutDown()
      return closing
    },
  }

  async function shutDown(): Promise<void> {
    // A server that holds a blocking read would answer a QUIT only after it.
    if (use.owned) await hangUp(client, use.blocks === true)
    client.off('ready', onReady).off('end', wake)
    // Our own may still tell of what it was doing.
    if (!use.owned) client.off('error', onError).setMaxListeners(client.getMaxListeners() - 1)
    wake()
  }
}

/** Resolves when `work` does or the time is over, whichever is first; the caller looks which. */
async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    // Longer than a timer can run is for ever.
    if (timeoutMs <= longestTimerMs) timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

async function hangUp(client: Redis | Cluster, atOnce: boolean): Promise<void> {
  if (client.status === 'end') return
  if (!atOnce && isReady(client)) await within(quitTimeoutMs, client.quit().then(noop, noop))
  // Between two attempts to connect there is no socket whose end ioredis would hear of: it would never tell that it has
  // ended, and those who wait for a command would wait for ever.
  if (client.status === 'reconnecting' && !isCluster(client)) client.status = 'wait'
  client.disconnect()
}

function duplicate(client: Redis | Cluster, name: string | undefined, silenceMs: number): Redis | Cluster {
  const waits = {
    // Also over one of the user's, which was not meant for commands that block.
    socketTimeout: Number.isFinite(silenceMs) ? silenceMs : undefined,
    ...(name !== undefined && { connectionName: name }),
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: true,
    enableOfflineQueue: true,
  }
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

// A server that is there but turns us away is not started once more.
function remedyOf(error: Error | undefined): string {
  if (/NOAUTH|WRONGPASS|NOPERM/.test(error?.message ?? ''))
    return 'give the username and password that it asks for in connection'
  if (/certificate|\bTLS\b|\bSSL\b/i.test(error?.message ?? ''))
    return 'give tls: { ca } in connection, or mend its certificate'
  return 'start Redis there (docker compose up, or npm run redis), or pass connection'
}
