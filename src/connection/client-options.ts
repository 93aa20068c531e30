import type { Cluster, Redis, RedisOptions } from 'ioredis'
import { BrineError } from '../errors.ts'

/** Options that say where Redis is, who asks, and how long connecting takes. */
const free: ReadonlySet<string> = new Set<keyof RedisOptions>([
  ...(['host', 'port', 'path', 'family', 'username', 'password', 'db', 'tls'] as const),
  ...(['name', 'role', 'sentinels', 'sentinelUsername', 'sentinelPassword', 'sentinelTLS', 'preferredSlaves'] as const),
  ...(['enableTLSForSentinelMode', 'sentinelRetryStrategy', 'sentinelReconnectStrategy', 'updateSentinels'] as const),
  ...(['sentinelMaxConnections', 'sentinelCommandTimeout', 'failoverDetector', 'natMap', 'Connector'] as const),
  ...(['connectTimeout', 'disconnectTimeout', 'maxLoadingRetryTime', 'keepAlive', 'noDelay', 'protocol'] as const),
  ...(['connectionName', 'clientInfoTag', 'disableClientInfo', 'reconnectOnError', 'retryStrategy'] as const),
  ...(['lazyConnect', 'enableReadyCheck', 'autoResubscribe', 'scripts', 'himportFieldsets'] as const),
])

/**
 * Options that decide what becomes of a command: ours, whatever is given. Without an offline queue BullMQ's worker asks in a loop without
 * end; with a limit to a command's time or to its retries, a command that blocks looks like a failure; the others change replies.
 */
const ours = {
  ...{ enableOfflineQueue: true, commandTimeout: undefined, socketTimeout: undefined, blockingTimeout: undefined },
  ...{ blockingTimeoutGrace: undefined, offlineQueue: undefined, commandQueue: undefined, monitor: undefined },
  ...{ readOnly: false, stringNumbers: false, enableAutoPipelining: false },
  autoPipeliningIgnoredCommands: undefined,
} as const satisfies OwnOptions

/** Those that a connection's use decides: see createClient. */
const byUse: ReadonlySet<string> = new Set<keyof RedisOptions>([
  'maxRetriesPerRequest',
  'autoResendUnfulfilledCommands',
])

/** Replies as BullMQ reads them. */
export type OwnOptions = Omit<RedisOptions, 'replyMapping'>

const longestRetryMs = 2_000

/**
 * The options of a connection of ours. Throws OPTIONS_INVALID for a name that ioredis does not have, since its default would be a Redis on
 * this machine.
 */
export function ownOptions(given: RedisOptions): OwnOptions {
  for (const name of Object.keys(given)) checkName(name)
  const { retryStrategy, replyMapping: _, ...rest } = given
  return {
    ...withoutUndefined(rest),
    ...ours,
    retryStrategy: untilConnected(retryStrategy),
  }
}

type RetryStrategy = Exclude<RedisOptions['retryStrategy'], undefined>

/** A strategy that never gives up, for that would leave a worker without Redis for ever: where `given` does, it waits for up to two seconds. */
export function untilConnected(given: RetryStrategy | undefined): RetryStrategy {
  return (times, ...more) => {
    const ms: unknown = typeof given === 'function' ? given(times, ...more) : undefined
    return typeof ms === 'number' && ms >= 0 ? ms : Math.min(times * 100, longestRetryMs)
  }
}

/** Refuses what a connection URL cannot say. ioredis takes its parameters for options, and prefers them to others. */
export function checkUrl(url: string): void {
  // The URL stands in no message: it may hold a password.
  if (!/^rediss?:\/\//i.test(url) || !URL.canParse(url)) {
    throw invalid('a connection URL reads redis://host:port or rediss://host:port')
  }
  for (const name of new URL(url).searchParams.keys()) {
    checkName(name)
    if (!free.has(name)) throw invalid(`a connection URL cannot set ${name}; remove it from the URL`, name)
  }
}

function checkName(name: string): void {
  if (name === 'keyPrefix') throw noKeyPrefix()
  if (free.has(name) || byUse.has(name) || Object.hasOwn(ours, name)) return
  throw invalid(`ioredis has no option '${name}'; correct or remove it`, name)
}

type Harm = readonly [name: keyof RedisOptions, isHarmful: (value: unknown) => boolean, remedy: string]

const harms: readonly Harm[] = [
  ['enableOfflineQueue', (value) => value === false, 'leave it true: workers would ask Redis in a loop without end'],
  ['commandTimeout', (value) => typeof value === 'number', 'remove it: commands that block would fail'],
  ['monitor', (value) => value === true, 'remove it: such a client takes no commands'],
  ['readOnly', (value) => value === true, 'remove it: a queue writes'],
  ['stringNumbers', (value) => value === true, 'remove it: BullMQ counts by the numbers that Redis answers'],
  ['replyMapping', (value) => value !== undefined && value !== 'legacy', 'remove it: BullMQ reads replies as lists'],
]

const mustRetry: Harm = [
  'retryStrategy',
  (value) => typeof value !== 'function',
  'let it be a function that returns milliseconds: without one the client does not connect again',
]

/** Refuses a client of the user's whose options break what a queue does. Throws OPTIONS_INVALID with the option as path. */
export function checkClient(client: Redis | Cluster): void {
  const { options } = client
  if (client.isCluster) {
    checkHarms({ ...Reflect.get(options, 'redisOptions'), ...options }, harms)
    const again: Harm = [mustRetry[0], () => Reflect.get(options, 'clusterRetryStrategy') === null, mustRetry[2]]
    checkHarms({}, [again])
  } else checkHarms({ ...options }, [...harms, mustRetry])
}

function checkHarms(options: Readonly<Record<string, unknown>>, all: readonly Harm[]): void {
  if (options['keyPrefix']) throw noKeyPrefix()
  for (const [name, isHarmful, remedy] of all) {
    if (isHarmful(options[name])) throw invalid(`the client given as connection sets ${name}; ${remedy}`, name)
  }
}

function withoutUndefined(given: OwnOptions): OwnOptions {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function noKeyPrefix(): BrineError {
  return invalid('keyPrefix breaks the scripts of BullMQ; pass prefix instead', 'keyPrefix')
}

function invalid(remedy: string, name?: string): BrineError {
  return new BrineError('OPTIONS_INVALID', remedy, { path: name === undefined ? 'connection' : `connection.${name}` })
}
