import type { Cluster, Redis } from 'ioredis'
import type { z } from 'zod'
import { type CodecOptions, codecOptions } from '../codec/codec.ts'
import { type ConnectionInput, openConnection } from '../connection/connection.ts'
import { refused } from '../connection/redis-errors.ts'
import { disposable } from '../disposable.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { createAsker } from './ask.ts'
import { scanKeys } from './scan-keys.ts'
import type { Lifetime, SetOptions, Store } from './store.ts'
import { createValueCodec } from './value-codec.ts'

/** Options of {@link createStore}. */
export interface StoreOptions extends CodecOptions {
  /** A URL, connection options, or an ioredis client of yours. Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Stands before every key in Redis, as it is. Default `brine-store:`. */
  prefix?: string | undefined
  /** How long one call waits for Redis. Default 5,000. */
  timeoutMs?: number | undefined
}

/**
 * Opens a store: objects under keys of Redis. It holds a connection until it is closed.
 *
 * Throws OPTIONS_INVALID, KEYS_INVALID, and MODEL_INVALID for models that do not go together. An unreachable server is told by the first
 * call that needs it.
 *
 * @example
 * const store = createStore({ models: [person], prefix: 'people:' })
 * await store.set('person-a', new Person('John', 20))
 * const john = await store.get('person-a', person.schema)
 * await store.close()
 */
export function createStore(options: StoreOptions = {}): Store {
  checkOptions(options, ['connection', 'prefix', 'timeoutMs', ...codecOptions], 'createStore')
  const { connection: given, prefix = 'brine-store:', timeoutMs = 5_000, ...ofCodec } = options
  requireMs('timeoutMs', timeoutMs)
  requireText('prefix', prefix)
  const codec = createValueCodec('key', ofCodec, prefix)
  const connection = openConnection(given, 'fail')
  const asker = createAsker(connection, timeoutMs)
  const computing = new Map<string, Promise<string | Buffer>>()
  let closing: Promise<void> | undefined

  function refuseClosed(): void {
    if (closing) throw new BrineError('CLOSED', 'this store is closed; open another with createStore')
  }

  async function redis<T>(question: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    refuseClosed()
    return asker.ask(question)
  }

  function keyOf(key: string): string {
    requireText('key', key)
    return prefix + key
  }

  function write(at: string, text: string, options: SetOptions | undefined): Promise<unknown> {
    refuseClosed()
    const args = [at, text]
    if (options) args.push(...expiry(options.ttlMs), ...(options.onlyIfAbsent ? ['NX'] : []))
    return asker.command('set', args, 'utf8')
  }

  async function read(at: string): Promise<Buffer | null> {
    refuseClosed()
    return (await asker.command('get', [at], null)) as Buffer | null
  }

  async function textFor(key: string, schema: z.ZodType | undefined, compute: () => unknown, options: Lifetime) {
    const at = keyOf(key)
    const stored = await read(at)
    if (stored !== null) return stored
    const made = await codec.encodeChecked(key, await compute(), schema)
    if ((await write(at, made, { ...options, onlyIfAbsent: true })) === 'OK') return made
    // Another process was faster. What it stored may have expired since.
    return (await read(at)) ?? made
  }

  return disposable<Store>({
    async set(key: string, value: unknown, options?: SetOptions) {
      // A misspelt lifetime would be none, and a misspelt condition write over what is there.
      if (options !== undefined) checkOptions(options, ['ttlMs', 'onlyIfAbsent'], 'store.set')
      return (await write(keyOf(key), codec.encode(key, value), options)) === 'OK'
    },

    async get(key: string, schema?: z.ZodType) {
      const stored = await read(keyOf(key))
      return stored === null ? undefined : codec.decode(key, stored, schema)
    },

    async getOrSet(key: string, ...given: GetOrSetArguments) {
      const [schema, compute, options = {}] = isCompute(given) ? [undefined, ...given] : given
      checkOptions(options, ['ttlMs'], 'store.getOrSet')
      expiry(options.ttlMs)
      let text = computing.get(key)
      if (text === undefined) {
        text = textFor(key, schema, compute, options).finally(() => computing.delete(key))
        computing.set(key, text)
      }
      // The text is shared, and not the object: nobody sees what another caller does to theirs.
      return codec.decode(key, await text, schema)
    },

    async has(key: string) {
      const at = keyOf(key)
      return (await redis((client) => client.exists(at))) === 1
    },

    async delete(key: string) {
      const at = keyOf(key)
      return (await redis((client) => client.del(at))) === 1
    },

    async setMany(entries: Iterable<readonly [string, unknown]>, options: Lifetime = {}) {
      checkOptions(options, ['ttlMs'], 'store.setMany')
      const conditions = expiry(options.ttlMs)
      const commands = Array.from(entries, ([key, value]) => {
        return ['set', keyOf(key), codec.encode(key, value), ...conditions]
      })
      if (commands.length === 0) return
      const replies = await redis((client) => client.multi(commands).exec())
      for (const [error] of replies ?? []) if (error) throw refused(error)
    },

    async getMany(keys: readonly string[], schema?: z.ZodType) {
      if (keys.length === 0) return []
      const stored = await redis((client) => client.mgetBuffer(keys.map(keyOf)))
      return Promise.all(
        keys.map((key, index) => {
          const text = stored[index]
          return text ? codec.decode(key, text, schema) : undefined
        }),
      )
    },

    keys: () => scanKeys(redis, prefix),

    close: () => (closing ??= connection.close()),
  })
}

type Compute = () => unknown
type GetOrSetArguments =
  | [compute: Compute, options?: Lifetime | undefined]
  | [schema: z.ZodType, compute: Compute, options?: Lifetime | undefined]

function isCompute(given: GetOrSetArguments): given is [compute: Compute, options?: Lifetime | undefined] {
  return typeof given[0] === 'function'
}

function expiry(ttlMs: number | undefined): string[] {
  if (ttlMs === undefined) return []
  requireMs('ttlMs', ttlMs)
  return ['PX', String(ttlMs)]
}

function requireMs(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw new BrineError('OPTIONS_INVALID', 'must be a whole number of milliseconds, 1 or more', { path: name })
}

// Half a surrogate pair would become a replacement character on its way, and two keys one.
function requireText(name: string, value: string): void {
  if (typeof value === 'string' && value.isWellFormed()) return
  throw new BrineError('OPTIONS_INVALID', 'must be a string of whole characters', { path: name })
}
