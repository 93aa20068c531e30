import { JobScheduler, type RepeatOptions } from 'bullmq'
import { isReply } from '../connection/reply.ts'
import type { StoredBackend } from './stored-backend.ts'

type Upsert = Parameters<JobScheduler['upsertJobScheduler']>

/**
 * What adds the next job of a schedule when a worker takes one. BullMQ reads the schedule from the job's own options, and
 * where these are damaged it would leave the job active for ever and add no other: then it is read from the schedule itself.
 */
export class StoredScheduler extends JobScheduler<StoredBackend> {
  override async upsertJobScheduler<T, R, N extends string>(...given: Parameters<typeof this.next<T, R, N>>) {
    try {
      return await this.next<T, R, N>(...given)
    } catch (error) {
      const [id, , name, data, , how] = given
      if (how.override || isReply(error)) throw error
      const kept = await this.getScheduler(id)
      // Removed meanwhile, and so there is no next one.
      if (!kept) return undefined
      const { pattern, every, tz, startDate, endDate, limit, offset, iterationCount: count } = kept
      const repeat = withoutUndefined({ pattern, every, tz, startDate, endDate, limit, offset, count })
      return this.next<T, R, N>(id, repeat, name, data, kept.template?.opts ?? {}, how)
    }
  }

  next<T, R, N extends string>(id: Upsert[0], repeat: Upsert[1], name: N, data: T, options: Upsert[4], how: Upsert[5]) {
    return super.upsertJobScheduler<T, R, N>(id, repeat, name, data, options, how)
  }
}

function withoutUndefined(options: { [K in keyof RepeatOptions]: RepeatOptions[K] | undefined }): RepeatOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
