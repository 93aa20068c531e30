import { BrineError } from '../errors.ts'
import {
  addressOf,
  type Client,
  type ConnectionInput,
  duplicateClient,
  isCluster,
  isReady,
  openClient,
  type WhenLost,
} from './client.ts'
import { RedisClock } from './redis-clock.ts'
import { withinTime } from './within-time.ts'

export type { ConnectionInput, ConnectionOptions, WhenLost } from './client.ts'

/** A connection to Redis, and whether it is ours to close. */
export interface Connection {
  readonly client: Client
  /** Host and port, for messages; never a password. */
  readonly address: string
  /** Compared by those who ask Redis for the time. */
  readonly clock: RedisClock
  /** Whether commands are answered now. */
  readonly isReady: boolean
  /** How often it was lost: a command that was under way then is sent again, and may have been done before. */
  readonly losses: number
  /** Whether it has ended for good. */
  readonly hasEnded: boolean
  /** Calls `listener` once, the next time that it becomes ready or ends, unless the returned function is called before. */
  onChange(listener: () => void): () => void
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

const quitTimeoutMs = 1_000
const defaultSilenceMs = 15_000

/** Opens a connection, at once and without waiting for it. Throws OPTIONS_INVALID. */
export function openConnection(given: ConnectionInput | undefined, lost: WhenLost): Connection {
  const { client, owned } = openClient(given, lost)
  return connectionOf(client, { owned })
}

function connectionOf(client: Client, use: { owned: boolean; blocks?: boolean }): Connection {
  const address = addressOf(client)
  let lastError: Error | undefined
  let closing: Promise<void> | undefined
  let losses = 0
  const listeners = new Set<() => void>()
  const wake = () => {
    const all = [...listeners]
    listeners.clear()
    for (const listener of all) listener()
  }
  const onChange = (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  /** Waits for the next change. An outage may be long: when the time is over, nothing of who waited is kept. */
  async function changeWithin(timeoutMs: number): Promise<boolean> {
    let forget = noop
    const changed = new Promise<boolean>((resolve) => {
      forget = onChange(() => resolve(true))
    })
    try {
      return (await withinTime(timeoutMs, changed)) ?? false
    } finally {
      forget()
    }
  }
  const onReady = () => {
    lastError = undefined
    wake()
  }
  // Without this one, an emitter of errors that nobody listens to would end the process, or print for ever.
  const onError = (error: Error) => {
    lastError = error
    // ioredis would go on in database 0, and what is meant for another be written there, and worked on.
    if (use.owned && isNoDatabase(error)) client.disconnect(true)
  }
  const onLoss = () => {
    losses += 1
  }
  // As BullMQ does: a client of the user's may serve many producers and workers.
  client.setMaxListeners(client.getMaxListeners() + 1)
  client.on('error', onError).on('ready', onReady).on('end', wake)
  // Of a cluster, one node's.
  for (const event of lossEvents) client.on(event, onLoss)
  // With `lazyConnect`, BullMQ would connect, and would keep the error of a first attempt for good. ioredis tries again.
  if (client.status === 'wait') client.connect().catch(noop)

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
    if (isReady(client)) await withinTime(timeoutMs, client.ping().then(told, told))
    else answered = await changeWithin(timeoutMs)
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
    const happened = isNoDatabase(lastError)
      ? `Redis gives no database ${isCluster(client) ? 0 : client.options.db}`
      : turnedAway.test(lastError?.message ?? '')
        ? 'Redis turns this user away'
        : what
    return new BrineError(
      'REDIS_UNREACHABLE',
      `${happened} at ${address}${why}; ${remedyOf(lastError)}`,
      lastError && { cause: lastError },
    )
  }
  return {
    client,
    address,
    clock: new RedisClock(),
    unreachable,
    get isReady() {
      return isReady(client)
    },
    get losses() {
      return losses
    },
    get hasEnded() {
      return client.status === 'end'
    },
    onChange,
    async ready(timeoutMs) {
      if (!isReady(client) && client.status !== 'end') await changeWithin(timeoutMs)
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
      return connectionOf(duplicateClient(client, name, silenceMs), { owned: true, blocks: true })
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
    for (const event of lossEvents) client.off(event, onLoss)
    // Our own may still tell of what it was doing.
    if (!use.owned) client.off('error', onError).setMaxListeners(client.getMaxListeners() - 1)
    wake()
  }
}

async function hangUp(client: Client, atOnce: boolean): Promise<void> {
  if (client.status === 'end') return
  if (!atOnce && isReady(client)) await withinTime(quitTimeoutMs, client.quit().then(noop, noop))
  // Between two attempts to connect there is no socket whose end ioredis would hear of: it would never tell that it has
  // ended, and those who wait for a command would wait for ever.
  if (client.status === 'reconnecting' && !isCluster(client)) client.status = 'wait'
  client.disconnect()
}

function noop(): void {}

const lossEvents = ['close', '-node'] as const

const turnedAway = /NOAUTH|WRONGPASS|NOPERM/

/** Whether ioredis tells by it that the database which was named was refused. */
function isNoDatabase(error: (Error & { command?: { name?: unknown } }) | undefined): boolean {
  return error?.command?.name === 'select'
}

// A server that is there but turns us away is not started once more.
function remedyOf(error: Error | undefined): string {
  if (isNoDatabase(error)) return 'name one that it has in connection: databases of its configuration tells how many'
  if (turnedAway.test(error?.message ?? '')) return 'give the username and password that it asks for in connection'
  if (/certificate|\bTLS\b|\bSSL\b/i.test(error?.message ?? ''))
    return 'give tls: { ca } in connection, or mend its certificate'
  return 'start Redis there (in a clone: npm run redis), or name another in connection (brine: --connection, or REDIS_URL)'
}
