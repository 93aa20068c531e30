import { setTimeout as wait } from 'node:timers/promises'
import type { IRedisTransaction, RedisClient, RedisQueueBackend } from 'bullmq'
import { corkForTurn } from '../connection/cork.ts'
import { isReply } from '../connection/redis-errors.ts'
import type { UnreadableJobs } from '../quarantine/quarantine-unreadable.ts'
import { PatientBackend } from './patient-backend.ts'
import { type Damage, repairJobHash } from './repair-job-hash.ts'

const refusedMs = 1_000

/** Takes jobs for a worker, also when a hash is damaged, a script breaks off or a reply is lost. */
export class TakingBackend extends PatientBackend {
  readonly #damaged = new Map<string, Damage>()
  /** Sees to jobs at which BullMQ's scripts break off. */
  unreadableJobs: UnreadableJobs | undefined

  /** What was wrong with the job that was taken last under this id, once. */
  takeDamage(jobId: string): Damage | undefined {
    const damage = this.#damaged.get(jobId)
    if (damage) this.#damaged.delete(jobId)
    return damage
  }

  override execCommand(client: RedisClient | IRedisTransaction, command: string, args: unknown[]): unknown {
    corkForTurn(client)
    const reply: unknown = super.execCommand(client, command, args)
    // The commands that may hand over the next job; moveToFinished is another.
    const takes = command === 'moveToActive' || command === 'moveToDelayed'
    return takes && reply instanceof Promise ? reply.then((taken: unknown) => this.repairTaken(taken)) : reply
  }

  override async moveToActive(token: string, name?: string): ReturnType<RedisQueueBackend['moveToActive']> {
    const before = this.losses()
    try {
      const taken = await super.moveToActive(token, name)
      if (this.losses() !== before) await this.requeueOrphanedJob(token, String(taken[1]))
      return taken
    } catch (error) {
      if (!isReply(error)) throw error
      if (await this.unreadableJobs?.taken(token)) return this.moveToActive(token, name)
      // BullMQ asks again at once, and a server that refuses does so for a while.
      await wait(refusedMs)
      throw error
    }
  }

  override async waitForJob(blockTimeout: number): ReturnType<RedisQueueBackend['waitForJob']> {
    const marker = await super.waitForJob(blockTimeout)
    return marker && marker.score > 0 ? { ...marker, score: this.clock.toLocalMs(marker.score) } : marker
  }

  override async moveStalledJobsToWait(): Promise<string[]> {
    await this.unreadableJobs?.stalled()
    return super.moveStalledJobsToWait()
  }

  /** Repairs the hash of a job that was taken, and converts the time at which the next one is due. */
  protected repairTaken<T>(taken: T): T {
    if (!Array.isArray(taken)) return taken
    // BullMQ waits for the next delayed job by the clock of the process.
    if (Number(taken[3]) > 0) taken[3] = this.clock.toLocalMs(Number(taken[3]))
    if (!Array.isArray(taken[0])) return taken
    const damage = repairJobHash(taken[0], String(taken[1]))
    if (damage) this.#damaged.set(String(taken[1]), damage)
    return taken
  }
}
