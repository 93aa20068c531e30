import { plainLine } from '../notation/quote.ts'
import { readTime } from '../read-time.ts'

/**
 * Why and where a job was put into quarantine. It is the `data` of its entry, as JSON that any tool shows, and holds no
 * payload values. The job itself stands beside it: see place.ts.
 */
export interface QuarantineRecord {
  /** The id that the job had, and will have again. */
  readonly id: string
  readonly queue: string
  /** The job's name, as far as it can be told. */
  readonly job: string | undefined
  /** What it was refused with: mostly a code of BrineError. */
  readonly code: string
  readonly path: string | undefined
  /** The message of the refusal. */
  readonly reason: string
  /** Undefined where the entry tells no time. */
  readonly at: Date | undefined
  /** The `name` of the worker that refused it, or its id in BullMQ. */
  readonly worker: string | undefined
  /** The version of the job in that worker's contract; undefined when it did not know the job. */
  readonly version: number | undefined
  /** Attempts that had come to an end before. */
  readonly attempts: number
}

export function writeRecord(record: QuarantineRecord): string {
  return JSON.stringify({ brine: 1, kind: 'quarantined', ...record })
}

// Nothing is sealed here, and whoever may write to Redis would have errors, logs and terminals tell what they like.
const most = { queue: 200, job: 100, code: 64, path: 16_000, reason: 4_000, at: 40, worker: 200 } as const

/** A text of a record as anybody may see it: on one line, and no longer than a worker writes it. */
export function recorded(name: keyof typeof most, text: string): string {
  return plainLine(text, most[name])
}

/** Reads what `writeRecord` wrote. Somebody else's entry, or a damaged one, is told as such: it throws nothing. */
export function readRecord(text: string | null | undefined, entry: string): QuarantineRecord {
  const found = parse(text)
  const textAt = (name: keyof typeof most) => {
    const text = found[name]
    return typeof text === 'string' ? recorded(name, text) : undefined
  }
  const numberAt = (name: string) => (typeof found[name] === 'number' ? found[name] : undefined)
  return {
    id: typeof found['id'] === 'string' ? found['id'] : entry,
    queue: textAt('queue') ?? '',
    job: textAt('job'),
    code: textAt('code') ?? 'TEXT_INVALID',
    path: textAt('path'),
    reason: textAt('reason') ?? 'the entry of the quarantine is damaged itself, or somebody else wrote it',
    at: readTime(Date.parse(textAt('at') ?? '')),
    worker: textAt('worker'),
    version: numberAt('version'),
    attempts: numberAt('attempts') ?? 0,
  }
}

function parse(text: string | null | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text ?? '')
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
