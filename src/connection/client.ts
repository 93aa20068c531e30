import { type Cluster, Redis, type RedisOptions } from 'ioredis'
import { BrineError } from '../errors.ts'
import { checkClient, checkUrl, ownOptions, untilConnected } from './client-options.ts'

/** ioredis' own options, which are BullMQ's too; or a `url`, with options that go over it. */
export interface ConnectionOptions extends Omit<RedisOptions, 'replyMapping'> {
  url?: string
}

/**
 * How Redis is reached: a URL (`redis://` or `rediss://`), options, or an ioredis client of the user's own, which is never
 * closed here. Default `redis://127.0.0.1:6379`.
 */
export type ConnectionInput = string | ConnectionOptions | Redis | Cluster

/** A client of ioredis. */
export type Client = Redis | Cluster

/**
 * What becomes of a command when the server goes away. `fail`: it fails at once, and is not sent again behind the back of a
 * caller who was told so. `wait`: it waits for the server, for as long as that takes.
 */
export type WhenLost = 'fail' | 'wait'

/** A client of the user's own, or a new one, which connects by itself. Throws OPTIONS_INVALID. */
export function openClient(given: ConnectionInput | undefined, lost: WhenLost): { client: Client; owned: boolean } {
  if (!isClient(given)) return { client: createClient(given ?? {}, lost), owned: true }
  checkClient(given)
  return { client: given, owned: false }
}

function createClient(given: string | ConnectionOptions, lost: WhenLost): Redis {
  if (typeof given !== 'string' && !isOptions(given)) {
    const remedy = 'must be a URL, connection options, or an ioredis client'
    throw new BrineError('OPTIONS_INVALID', remedy, { path: 'connection' })
  }
  const { url, ...options } = typeof given === 'string' ? { url: given } : given
  const settings = {
    ...ownOptions(options),
    maxRetriesPerRequest: lost === 'fail' ? 0 : null,
    autoResendUnfulfilledCommands: lost === 'wait',
  }
  if (url === undefined) return new Redis(settings)
  checkUrl(url)
  return new Redis(url, settings)
}

/** Another client of the same server that waits for ever, and gives a read up after `silenceMs` without an answer. Redis lists it by `name`. */
export function duplicateClient(client: Redis | Cluster, name: string | undefined, silenceMs: number): Redis | Cluster {
  const waits = {
    // Also over one of the user's, which was not meant for commands that block.
    socketTimeout: Number.isFinite(silenceMs) ? silenceMs : undefined,
    ...(name !== undefined && { connectionName: name }),
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: true,
    enableOfflineQueue: true,
    commandTimeout: undefined,
    blockingTimeout: undefined,
  }
  if (isCluster(client)) return client.duplicate([], { redisOptions: waits })
  return client.duplicate({ ...waits, retryStrategy: untilConnected(client.options.retryStrategy) })
}

/** Whether commands are answered now. */
export function isReady(client: Redis | Cluster): boolean {
  return client.status === 'ready'
}

export function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster
}

/** Host and port, for messages; never a password. */
export function addressOf(client: Redis | Cluster): string {
  if (isCluster(client)) return 'the nodes of the given cluster'
  const { path, sentinels, name, host, port } = client.options
  if (sentinels) return `the master '${name}' of the given sentinels`
  return path ?? `${host}:${port}`
}

// By its shape, as BullMQ tells: the user's ioredis may be another copy of the package.
function isClient(given: unknown): given is Redis | Cluster {
  if (typeof given !== 'object' || given === null) return false
  return ['connect', 'disconnect', 'duplicate'].every((name) => typeof Reflect.get(given, name) === 'function')
}

// Anything else, such as a pool of another database, would be taken for options without a host.
function isOptions(given: unknown): given is ConnectionOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false
  const prototype: unknown = Object.getPrototypeOf(given)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
