import type { Connection } from '../connection/connection.ts'
import { isReply, refused } from '../connection/reply.ts'
import { cancelChannel } from '../job/cancellation.ts'
import { readMark } from '../job/mark-cancelled.ts'
import type { RunningJob } from './running-job.ts'

/** How a worker hears that jobs which it runs are cancelled. */
export interface CancelListener {
  /** Begins to listen; called once, when there is a job to run. */
  listen(): void
  close(): Promise<void>
}

export interface CancelListenerOptions {
  connection: Connection
  /** The key of a job's hash, and with no id the start of every key of the queue. */
  toKey: (id: string) => string
  running: ReadonlySet<RunningJob>
  report: (error: unknown) => void
}

// What the channel should have told is asked for at times: a message reaches only those who listen when it is sent, and
// Redis may allow a user its keys without any channel.
const askAgainMs = 5_000

/** Stops running jobs that are cancelled. The mark in a job's hash says so; the channel only says when to look. */
export function createCancelListener({ connection, toKey, running, report }: CancelListenerOptions): CancelListener {
  const channel = cancelChannel(toKey(''))
  let own: Connection | undefined
  let timer: NodeJS.Timeout | undefined

  async function look(attempt: RunningJob): Promise<void> {
    const { id, name } = attempt.stored
    const reason = await readMark(connection.client, toKey(String(id)), name)
    if (reason) attempt.stop(reason)
  }

  function lookAt(jobId?: string): void {
    for (const attempt of running) {
      if (jobId !== undefined && attempt.stored.id !== jobId) continue
      // When Redis is away the next look tells.
      if (!attempt.aborted) look(attempt).catch(() => {})
    }
  }

  async function subscribe({ client }: Connection): Promise<void> {
    try {
      await client.subscribe(channel)
    } catch (error) {
      if (isReply(error)) report(refused(error))
    }
    // A job may have been cancelled while nobody listened.
    lookAt()
  }

  return {
    listen() {
      if (own) return
      const opened = connection.another()
      own = opened
      opened.client.on('message', (_channel: string, jobId: string) => lookAt(jobId))
      opened.client.on('ready', () => void subscribe(opened))
      timer = setInterval(lookAt, askAgainMs).unref()
    },
    async close() {
      clearInterval(timer)
      await own?.close()
    },
  }
}
