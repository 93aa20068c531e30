import type { QuarantineRecord } from '../bullmq/quarantine-record.ts'

/** A job in quarantine, as a listing tells of it: nothing of its payload. */
export interface QuarantinedJob extends Omit<QuarantineRecord, 'id'> {
  /** Of its entry: the job's own id, with a number behind it when an earlier job of that id is kept too. */
  readonly id: string
  /** The id that the job had, and will have again. */
  readonly jobId: string
}

/** Which jobs in quarantine are meant: those for which all of these hold. */
export interface QuarantineFilter {
  /** What it was refused with, such as `PAYLOAD_INVALID`. */
  code?: string | undefined
  /** The job's name. */
  job?: string | undefined
  /** The path of its refusal. */
  path?: string | undefined
  /** Put into quarantine at this time or later. */
  since?: Date | undefined
  /** Put into quarantine before this time. */
  until?: Date | undefined
}

/** Jobs that were refused alike. */
export interface QuarantineGroup {
  readonly code: string
  readonly job: string | undefined
  readonly path: string | undefined
  readonly count: number
  /** Undefined where none of their entries tells a time. */
  readonly oldest: Date | undefined
  readonly newest: Date | undefined
  /** The reason that the first of them was refused with. */
  readonly reason: string
  /** The ids of some of them. */
  readonly ids: readonly string[]
}

/** A job in quarantine with all that is kept of it. Printing it shows no payload. */
export class KeptJob {
  readonly #fields: ReadonlyMap<string, Buffer>
  readonly record: QuarantinedJob

  constructor(record: QuarantinedJob, fields: ReadonlyMap<string, Buffer>) {
    this.record = record
    this.#fields = fields
  }

  get id(): string {
    return this.record.id
  }

  /**
   * The fields of the job's hash, byte for byte as they were, with what taking it had changed. Names are latin1. A field that is some
   * times longer than the contract's limits let any text be is cut here; in Redis it is whole.
   */
  get fields(): ReadonlyMap<string, Buffer> {
    return this.#fields
  }

  /** The stored text of its payload, as a worker reads it; undefined when the job had none. */
  get text(): string | undefined {
    return this.#fields.get('data')?.toString()
  }

  /** The key of the parent that waits for it. */
  get parent(): string | undefined {
    return this.#fields.get('parentKey')?.toString()
  }

  toJSON(): QuarantinedJob {
    return this.record
  }
}

const mostExamples = 3

/** Counts jobs by what they were refused with, the most frequent first. */
export class Groups {
  readonly #groups = new Map<string, QuarantineGroup>()

  add(
    id: string,
    at: Date | undefined,
    { code, job, path, reason }: Pick<QuarantinedJob, 'code' | 'job' | 'path' | 'reason'>,
  ): void {
    const key = JSON.stringify([code, job, path])
    const known = this.#groups.get(key)
    if (!known) {
      this.#groups.set(key, { code, job, path, count: 1, oldest: at, newest: at, reason, ids: [id] })
      return
    }
    this.#groups.set(key, {
      ...known,
      count: known.count + 1,
      oldest: known.oldest && !(at && at < known.oldest) ? known.oldest : at,
      newest: known.newest && !(at && at > known.newest) ? known.newest : at,
      ids: known.ids.length < mostExamples ? [...known.ids, id] : known.ids,
    })
  }

  list(): QuarantineGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count)
  }
}
