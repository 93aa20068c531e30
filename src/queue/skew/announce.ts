import { hostname } from 'node:os'
import { readPackageVersion } from '../../package-version.ts'
import { isReply } from '../connection/reply.ts'
import { withinTime } from '../connection/within-time.ts'
import { type Announcements, type Announcer, announcedMs } from './announcements.ts'

/** A worker's word on what it knows, said again and again while it works. */
export interface Announced {
  /** Resolves once it was said for the first time, or could not be. */
  readonly begun: Promise<void>
  /** Takes it back, if Redis is there to hear of it; else it expires. */
  end(): Promise<void>
}

export interface AnnounceOptions {
  announcements: Announcements
  /** What the worker knows, as text. */
  known: string
  id: string
  name: string | undefined
  isReady: () => boolean
  report: (error: unknown) => void
}

const longestEndMs = 500

/** One command every ten seconds. What Redis refuses is reported once: the worker works without it. */
export function announce({ announcements, known, id, name, isReady, report }: AnnounceOptions): Announced {
  const announcer: Announcer = {
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
      await announcements.write(announcer, known)
    } catch (error) {
      if (!ended && !reported && isReply(error)) report(error)
      reported ||= isReply(error)
    } finally {
      pending = false
    }
  }

  const begun = say()
  const timer = setInterval(() => void say(), announcedMs / 3).unref()
  return {
    begun,
    async end() {
      ended = true
      clearInterval(timer)
      if (!isReady()) return
      const removed = announcements.remove(id).catch(() => {})
      // A connection that is open at one end alone answers nothing, and no close waits for that.
      await withinTime(longestEndMs, removed, { ref: false })
    },
  }
}
