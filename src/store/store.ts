import type { z } from 'zod'

/** How long what is stored stays. */
export interface Lifetime {
  /** Milliseconds after which the key is gone, 1 or more. Default: it stays. */
  ttlMs?: number | undefined
}

/** How `set` writes. */
export interface SetOptions extends Lifetime {
  /** Leave a key alone that is there already. Default false. */
  onlyIfAbsent?: boolean | undefined
}

/**
 * Objects under keys of Redis. Made by `createStore`.
 *
 * Every method throws REDIS_UNREACHABLE when Redis does not answer in time (what was asked for
 * may have happened all the same), REDIS_REFUSED when it answers with an error,
 * CLOSED after `close`, and OPTIONS_INVALID for keys that are no strings or hold half a character. Writing throws what
 * `codec.encode` throws. Reading throws what `codec.decode` throws when a text is damaged, and VALUE_INVALID when the
 * schema refuses its value; both name the key, and what is stored stays as it is.
 *
 * A value that has itself a `then` method is UNSUPPORTED_VALUE, because `await` would call it: put it into an array.
 */
export interface Store extends AsyncDisposable {
  /**
   * Puts a value under a key, over what was there. Returns whether it was written: false only with `onlyIfAbsent`.
   *
   * @example await store.set('person-a', new Person('John', 20), { ttlMs: 60_000 })
   */
  set(key: string, value: unknown, options?: SetOptions): Promise<boolean>

  /**
   * The value under a key, or undefined when there is no such key; `has` tells a stored undefined from none. With a schema
   * it is checked, and typed.
   *
   * @example const john: Person | undefined = await store.get('person-a', person.schema)
   */
  get(key: string): Promise<unknown>
  get<S extends z.ZodType>(key: string, schema: S): Promise<z.output<S> | undefined>

  /**
   * The value under a key; when there is none, that of `compute`, which is stored first. Callers in this process who ask
   * for the same key at the same time share one computation, and the options of the first; each gets an object of its own.
   * When another process was faster, its value stands and is returned. An error of `compute` reaches every one of these
   * callers, and is not kept.
   *
   * @example const report = await store.getOrSet('report', reportSchema, () => buildReport(), { ttlMs: 60_000 })
   */
  getOrSet(key: string, compute: () => unknown, options?: Lifetime): Promise<unknown>
  getOrSet<S extends z.ZodType>(
    key: string,
    schema: S,
    compute: () => z.input<S> | Promise<z.input<S>>,
    options?: Lifetime,
  ): Promise<z.output<S>>

  /** Whether there is such a key. */
  has(key: string): Promise<boolean>

  /** Removes a key. Returns whether it was there. */
  delete(key: string): Promise<boolean>

  /**
   * Puts many values under their keys, all or none, in one round trip. On a Cluster they must share a slot: give a prefix
   * with a hash tag, such as `{people}:`.
   *
   * @example await store.setMany(new Map([['a', john], ['b', jane]]), { ttlMs: 60_000 })
   */
  setMany(entries: Iterable<readonly [key: string, value: unknown]>, options?: Lifetime): Promise<void>

  /**
   * The values under many keys in one round trip, in the order of the keys, undefined where there is none. On a Cluster as
   * with `setMany`. Redis tells a key that holds another kind of value, such as a list, as none; `get` refuses it.
   *
   * @example const [john, jane] = await store.getMany(['a', 'b'], person.schema)
   */
  getMany(keys: readonly string[]): Promise<unknown[]>
  getMany<S extends z.ZodType>(keys: readonly string[], schema: S): Promise<(z.output<S> | undefined)[]>

  /**
   * All keys of this store, without its prefix, in no order, from all nodes of a Cluster. It walks the whole database in
   * steps, and blocks nobody. Keys that come or go meanwhile may be missed; one that Redis gives twice is told once,
   * unless 100,000 others came between.
   *
   * @example for await (const key of store.keys()) console.log(key)
   */
  keys(): AsyncIterableIterator<string>

  /** Closes the store's own connection, and leaves a client that you gave alone. May be called again. */
  close(): Promise<void>
}
