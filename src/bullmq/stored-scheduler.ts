import { JobScheduler, type RepeatOptions } from 'bullmq'
import { isReply } from '../connection/redis-errors.ts'
import { hasDays } from '../contract/cron-days.ts'
import { EncodedText } from './encoded-text.ts'
import { runOf } from './job-id.ts'
import type { StoredBackend } from './stored-backend.ts'

/** Whether a run's options may say when the next one is: anybody could have written them. */
export type HasSealedTimes = (run: { id: string; name: string; repeat: unknown }, text: string) => boolean

type Upsert = Parameters<JobScheduler['upsertJobScheduler']>

/**
 * What adds the next job of a schedule when a worker takes one. BullMQ reads the schedule from the job's own options, and
 * where these are damaged it would leave the job active for ever and add no other: then it is read from the schedule itself.
 */
export class StoredScheduler extends JobScheduler<StoredBackend> {
  /** None where nothing is sealed. */
  hasSealedTimes: HasSealedTimes | undefined

  override async upsertJobScheduler<T, R, N extends string>(...given: Parameters<typeof this.next<T, R, N>>) {
    const [id, repeat, name, data, , how] = given
    const text = data instanceof EncodedText ? data.text : ''
    const isForged = !how.override && this.hasSealedTimes?.({ id: how.producerId ?? '', name, repeat }, text) === false
    try {
      if (isForged) return await this.#nextOfKept<T, R, N>(id, name, data, how)
      return await this.next<T, R, N>(...given)
    } catch (error) {
      if (how.override || !isDamage(error)) throw error
      return this.#nextOfKept<T, R, N>(id, name, data, how).catch((damaged: unknown) => {
        if (!isDamage(damaged)) throw damaged
        // There is no next one until the schedule is written anew; this run is a job like any other.
        this.emit('error', new Error(`the schedule ${id} is damaged: upsert it again`, { cause: damaged }))
        return undefined
      })
    }
  }

  async #nextOfKept<T, R, N extends string>(id: Upsert[0], name: N, data: T, how: Upsert[5]) {
    const kept = await this.getScheduler(id)
    // Removed meanwhile, and so there is no next one.
    if (!kept) return undefined
    const { pattern, every, tz, startDate, endDate, limit, offset, iterationCount: count } = kept
    const repeat = withoutUndefined({ pattern, every, tz, startDate, endDate, limit, offset, count })
    // A run that was promoted comes before its slot, and the next one follows that.
    const { slot } = runOf(how.producerId ?? '') ?? {}
    const options = { ...kept.template?.opts, ...(slot !== undefined && { prevMillis: slot }) }
    return this.next<T, R, N>(id, repeat, name, data, options, how)
  }

  async next<T, R, N extends string>(
    id: Upsert[0],
    repeat: Upsert[1],
    name: N,
    data: T,
    options: Upsert[4],
    how: Upsert[5],
  ) {
    if (typeof repeat.pattern === 'string' && !hasDays(repeat.pattern)) throw new Error('no such day comes')
    return this.backend.insist(() => super.upsertJobScheduler<T, R, N>(id, repeat, name, data, options, how))
  }
}

/** Whether it is what is stored that is at fault; a server that is full or read-only is asked again. */
function isDamage(error: unknown): boolean {
  return !isReply(error) || /^(?:ERR|WRONGTYPE) /.test(error.message)
}

function withoutUndefined(options: { [K in keyof RepeatOptions]: RepeatOptions[K] | undefined }): RepeatOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
