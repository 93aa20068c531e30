import type { Connection } from '../connection/connection.ts'
import { isReply, refused } from '../connection/redis-errors.ts'
import { cancelChannel } from '../job/cancellation.ts'
import { type JobMarkSources, markOf } from './job-mark.ts'
import type { RunningJob } from './running-job.ts'

/** How a worker hears that jobs which it runs are cancelled. */
export interface CancelListener {
  /** Begins to listen; called once, when there is a job to run. */
  listen(): void
  close(): Promise<void>
}

export interface CancelListenerOptions extends JobMarkSources {
  running: ReadonlySet<RunningJob>
}

// What the channel should have told is asked for at times: a message reaches only those who listen when it is sent, and
// Redis may allow a user its keys without any channel.
const askAgainMs = 5_000

/** Stops running jobs that are cancelled. The mark in a job's hash says so; the channel only says when to look. */
export function createCancelListener(options: CancelListenerOptions): CancelListener {
  const { connection, toKey, running, report } = options
  const channel = cancelChannel(toKey(''))
  let own: Connection | undefined
  let timer: NodeJS.Timeout | undefined

  async function look(attempt: RunningJob): Promise<void> {
    const reason = await markOf(options, attempt.stored)
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
