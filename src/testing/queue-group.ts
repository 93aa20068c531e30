import type { QueueContract } from '../contract/contract.ts'
import type { Enqueued } from '../job/enqueued.ts'
import type { JobHandle } from '../job/job-handle.ts'
import type { MemoryJob } from './memory-job.ts'
import type { MemoryQueue } from './memory-queue.ts'

/** A queue in memory and its worker, as the other queues of its flows know it. */
export interface Member {
  readonly contract: QueueContract
  readonly queue: MemoryQueue
  readonly autorun: boolean
  /** Runs what waits in it, and says whether there was any. */
  run(): Promise<boolean>
  /** When the next of its jobs can run that cannot run now, in milliseconds since 1970. */
  nextDueMs(): number | undefined
  handle(name: string, id: string, enqueued?: Enqueued): JobHandle
  /** Told of a job that came in by a flow. */
  planted?(job: MemoryJob): Promise<void>
}

/** The queues in memory among which flows go; each queue is one alone at first. */
export class QueueGroup {
  readonly #members = new Map<string, Member>()

  add(member: Member): void {
    this.#members.set(keyOf(member.contract), member)
  }

  /** All members of both are members of this one then. */
  join(other: QueueGroup): void {
    for (const member of other.#members.values()) this.add(member)
  }

  /** By prefix and name, as `keyOf` has them. */
  find(key: string): Member | undefined {
    return this.#members.get(key)
  }

  /** Runs what waits anywhere, and what comes of it, until nothing is left. */
  async run(): Promise<void> {
    for (let ran = true; ran; ) {
      ran = false
      for (const member of this.#members.values()) if (await member.run()) ran = true
    }
  }

  /** The same, unless its queues leave jobs to wait. */
  async runAtOnce(): Promise<void> {
    if ([...this.#members.values()].every(({ autorun }) => autorun)) await this.run()
  }

  nextDueMs(): number | undefined {
    const due = [...this.#members.values()].flatMap((member) => member.nextDueMs() ?? [])
    return due.length === 0 ? undefined : Math.min(...due)
  }
}

/** As Redis tells queues apart. */
export function keyOf({ name, prefix = 'bull' }: QueueContract): string {
  return `${prefix}:${name}`
}
