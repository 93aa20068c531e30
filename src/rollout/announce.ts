import { hostname } from 'node:os'
import type { Connection } from '../connection/connection.ts'
import { isReply } from '../connection/redis-errors.ts'
import { withinTime } from '../connection/within-time.ts'
import { BrineError } from '../errors.ts'
import { readPackageVersion } from '../package-version.ts'
import { type Announcements, announcedMs } from './announcements.ts'

/** A worker's word on what it knows, said again and again while it works. */
export interface Announced {
  /** Resolves once it was said for the first time, or could not be. */
  readonly begun: Promise<void>
  /** Takes it back, if Redis is there to hear of it; else it expires. */
  end(): Promise<void>
}

export interface AnnounceOptions {
  announcements: Announcements
  connection: Connection
  /** What the worker knows, as text. */
  known: string
  id: string
  name: string | undefined
  report: (error: unknown) => void
}

const longestEndMs = 500

/**
 * One command every ten seconds, by which the clocks are compared, too. What Redis refuses is reported once: the worker works without it.
 */
export function announce({ announcements, connection, known, id, name, report }: AnnounceOptions): Announced {
  const { clock } = connection
  const announcer = {
    ...{ id, name, host: hostname(), pid: process.pid, startedAt: new Date(), brinemq: readPackageVersion() },
  }
  let pending = false
  let reported = false
  let ended = false

  async function say(): Promise<void> {
    // On a connection that is lost, they would queue up.
    if (pending || ended) return
    pending = true
    try {
      await write()
    } catch (error) {
      if (!ended && !reported && isReply(error)) report(error)
      reported ||= isReply(error)
    } finally {
      pending = false
    }
  }

  async function write(): Promise<void> {
    const { isNotable: wasNotable, aheadMs: clockAheadMs } = clock
    const asked = Date.now()
    clock.compare(await announcements.write({ ...announcer, clockAheadMs }, known), asked, Date.now())
    if (!clock.isNotable || wasNotable || ended) return
    report(clockOff(connection, announcer.host))
    // Others are to see it at once.
    await write()
  }

  const begun = say()
  const timer = setInterval(() => void say(), announcedMs / 3).unref()
  return {
    begun,
    async end() {
      ended = true
      clearInterval(timer)
      if (!connection.isReady) return
      const removed = announcements.remove(id).catch(() => {})
      // A connection that is open at one end alone answers nothing, and no close waits for that.
      await withinTime(longestEndMs, removed, { ref: false })
    },
  }
}

function clockOff({ clock: { aheadMs = 0 }, address }: Connection, host: string): BrineError {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000)
  const where = `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of Redis at ${address}`
  return new BrineError(
    'CLOCK_OFF',
    `the clock of ${host} is ${where}: jobs run when they are due by Redis' clock, but times that handlers and logs see are off; run an NTP client (chrony, systemd-timesyncd) on both`,
  )
}
