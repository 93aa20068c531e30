import type { Entry } from '../events/event-lookup.ts'
import type { TestClock } from './test-clock.ts'

/** An entry of a journal, and the encoded error of the job that it speaks of. */
export interface JournalEntry extends Entry {
  readonly error: string | undefined
}

/** What happened to a queue in memory: the entries that BullMQ would have written to its stream of events. */
export interface EventLog {
  write(event: string, fields?: Readonly<Record<string, string | undefined>>, error?: string): void
  /** The position of the newest entry. */
  readonly position: string
  /** The name of the job of this id, as far as it was told. */
  nameOf(id: string): string | undefined
  /** The entries after a position, as they come, until the journal is closed or the signal aborts. */
  follow(after: string, signal: AbortSignal | undefined): AsyncGenerator<JournalEntry, void, undefined>
  close(): void
}

// As many as BullMQ has Redis keep.
const mostEntries = 10_000

export function createJournal(clock: TestClock): EventLog {
  const entries: JournalEntry[] = []
  const names = new Map<string, string>()
  const told = new Set<() => void>()
  let last = { ms: 0, count: 0 }
  let dropped = 0
  let closed = false

  const tell = () => {
    for (const one of told) one()
  }

  /** Resolves when there may be more to read, or reason to end. */
  async function more(signal: AbortSignal | undefined): Promise<void> {
    let wake = () => {}
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    told.add(wake)
    signal?.addEventListener('abort', wake)
    await woken
    told.delete(wake)
    signal?.removeEventListener('abort', wake)
  }

  return {
    write(event, fields = {}, error) {
      const ms = Math.max(last.ms, clock.now.getTime())
      last = { ms, count: ms === last.ms ? last.count + 1 : 0 }
      const defined = Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]))
      const { jobId, name } = fields
      if (jobId !== undefined && name !== undefined) names.set(jobId, name)
      entries.push({ position: `${ms}-${last.count}`, fields: { event, ...Object.fromEntries(defined) }, error })
      if (entries.length > mostEntries) {
        entries.shift()
        dropped++
      }
      tell()
    },
    get position() {
      return entries.at(-1)?.position ?? '0'
    },
    nameOf: (id) => names.get(id),
    async *follow(after, signal) {
      const first = entries.findIndex(({ position }) => isAfter(position, after))
      let next = dropped + (first < 0 ? entries.length : first)
      for (;;) {
        signal?.throwIfAborted()
        if (closed) return
        next = Math.max(next, dropped)
        const entry = entries[next - dropped]
        if (entry) {
          next++
          yield entry
        } else await more(signal)
      }
    },
    close() {
      closed = true
      tell()
    },
  }
}

// As Redis compares the ids of a stream.
function isAfter(position: string, other: string): boolean {
  const [[ms, count], [otherMs, otherCount]] = [partsOf(position), partsOf(other)]
  return ms === otherMs ? count > otherCount : ms > otherMs
}

function partsOf(position: string): [ms: number, count: number] {
  const [ms, count] = position.split('-')
  return [Number(ms), Number(count ?? 0)]
}
