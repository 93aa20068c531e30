import type { BrineConfig } from '../config/define-config.ts'
import type { Connection } from '../connection/connection.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { Monitor } from '../monitor/create-monitor.ts'
import type { QueueMonitor } from '../monitor/queue-monitor.ts'
import type { Producer } from '../producer/producer.ts'
import { CommandError } from './command-error.ts'
import { findConfig } from './config/find-config.ts'
import { loadConfig } from './config/load-config.ts'
import { exitCode } from './exit-code.ts'
import { openTerminal, type Terminal } from './terminal/terminal.ts'

/** The options that every command takes. */
export interface GlobalOptions {
  config?: string
  connection?: string
  prefix?: string
  json?: boolean
  debug?: boolean
}

/** What a command works with. What it opens is closed when the command ends. */
export interface Session {
  readonly terminal: Terminal
  /** Whether `--json` was asked for. */
  readonly json: boolean
  /** Aborts on Ctrl-C, from now on: for commands that go on until then. */
  interruption(): AbortSignal
  /** The project's configuration, and the file that it came from; found and loaded once. */
  config(): Promise<OpenedConfig>
  /** The contract of `--queue`, which may be left out when there is only one. */
  contract(queue: string | undefined): Promise<QueueContract>
  /** The one connection that the command uses, once Redis has answered. Rejects with REDIS_UNREACHABLE. */
  connect(): Promise<Connection>
  /** The key prefix of a contract's queue, `--prefix` and the configuration considered. */
  prefix(contract: QueueContract): Promise<string | undefined>
  /** The same of each. */
  prefixOf(): Promise<(contract: QueueContract) => string | undefined>
  producer(contract: QueueContract): Promise<Producer<QueueContract>>
  /** The monitors of all queues, or of the one that was named. */
  monitors(queue: string | undefined): Promise<readonly QueueMonitor[]>
  /** Has something closed when the command ends. */
  onEnd(close: () => Promise<unknown>): void
  close(): Promise<void>
}

export interface OpenedConfig extends BrineConfig {
  /** The file's path. */
  readonly path: string
}

const answerMs = 3_000

export function openSession(options: GlobalOptions): Session {
  const closers: (() => Promise<unknown>)[] = []
  const interrupted = new AbortController()
  const onSignal = () => interrupted.abort()
  let opened: Promise<OpenedConfig> | undefined
  let connected: Promise<Connection> | undefined
  let monitor: Promise<Monitor> | undefined
  const producers = new Map<QueueContract, Producer<QueueContract>>()

  async function open(): Promise<OpenedConfig> {
    const path = findConfig(options.config, process.cwd())
    return { ...(await loadConfig(path)), path }
  }

  async function connect(): Promise<Connection> {
    const given = options.connection ?? (process.env['REDIS_URL'] || (await session.config()).connection)
    // Loaded when it is needed: help is to be there at once.
    const { openConnection } = await import('../connection/connection.ts')
    const connection = openConnection(given, 'fail')
    closers.unshift(() => connection.close())
    await connection.ready(answerMs)
    await checkDatabase(connection)
    return connection
  }

  async function openMonitor(client: Connection['client']): Promise<Monitor> {
    const { createMonitor } = await import('../monitor/create-monitor.ts')
    const { queues, prefix } = await session.config()
    const opened = createMonitor(queues, { connection: client, prefix: options.prefix ?? prefix })
    session.onEnd(() => opened.close())
    return opened
  }

  const session: Session = {
    terminal: openTerminal(),
    json: options.json === true,
    interruption() {
      process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
      return interrupted.signal
    },
    config() {
      opened ??= open()
      return opened
    },
    async contract(queue) {
      const { queues } = await session.config()
      const [first, ...others] = queues
      if (queue === undefined && first && others.length === 0) return first
      const found = queues.find(({ name }) => name === queue)
      if (found) return found
      const names = queues.map(({ name }) => name).join(', ')
      throw new CommandError(
        exitCode.usage,
        queue === undefined ? `say which with --queue: ${names}` : `there is no queue '${queue}'; there are ${names}`,
      )
    },
    async connect() {
      connected ??= connect()
      return connected
    },
    async prefix(contract) {
      return (await session.prefixOf())(contract)
    },
    async prefixOf() {
      const prefix = options.prefix ?? (await session.config()).prefix
      return (contract) => prefix ?? contract.prefix
    },
    async producer(contract) {
      const { client } = await session.connect()
      const prefix = await session.prefix(contract)
      const { createProducer } = await import('../producer/producer.ts')
      let producer = producers.get(contract)
      if (!producer) {
        producer = createProducer(contract, { connection: client, prefix })
        producers.set(contract, producer)
        session.onEnd(() => producer?.close() ?? Promise.resolve())
      }
      return producer
    },
    async monitors(queue) {
      const only = queue === undefined ? undefined : await session.contract(queue)
      const { client } = await session.connect()
      monitor ??= openMonitor(client)
      const { queues } = await monitor
      return only ? queues.filter(({ contract }) => contract === only) : queues
    },
    onEnd(close) {
      closers.push(close)
    },
    async close() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
      // What came last goes first: the connection serves the others.
      for (const close of closers.reverse()) await close().catch(() => {})
    },
  }
  return session
}

/** What sees to it in connection.ts leaves a client of the user's own alone, which goes on in database 0: it would be drained in its place. */
async function checkDatabase({ client, address }: Connection): Promise<void> {
  const db = 'db' in client.options ? client.options.db : undefined
  if (!db) return
  await client.select(db).catch((cause: Error) => {
    throw new CommandError(exitCode.unreachable, `Redis at ${address} gives no database ${db} (${cause.message})`, {
      cause,
    })
  })
}
