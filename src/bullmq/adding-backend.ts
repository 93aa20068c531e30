import type { JobJson } from 'bullmq'
import { RemovingBackend } from './removing-backend.ts'
import type { StoredJob } from './stored-job.ts'
import { allowsShortcuts } from './tested-versions.ts'

type Standard = Parameters<RemovingBackend['addStandardJob']>

/** What the jobs of the same options have in common, as BullMQ's script takes it. */
interface Pattern {
  packedOptions: Standard[2]
  args: Standard[3]
  json: JobJson
}

const command = 'brineExists'
const lua = "return redis.call('EXISTS', KEYS[1])"

// A transaction knows the hardened scripts that its client knew when it began.
const adding = ['addStandardJob', 'addDelayedJob', 'addPrioritizedJob', 'addParentJob']
const addingFlows = [...adding, 'releaseParentIfNoPendingDependencies']

/**
 * BullMQ's commands, and a short way to add jobs that share their options: these are checked, turned about and packed with the
 * first of them, which BullMQ adds itself.
 */
export class AddingBackend extends RemovingBackend {
  readonly #patterns = new WeakMap<object, Pattern>()
  readonly #existed = new WeakSet<JobJson>()
  #following: ((...given: Standard) => void) | undefined

  /** Whether `addAlike` adds jobs of these options. */
  knows(shared: object): boolean {
    return this.#patterns.has(shared)
  }

  /** Adds a job whose options are exactly `shared`, if one like it was added before, and gives its id. */
  addAlike(shared: object, name: string, id: string, text: string): Promise<unknown> | undefined {
    const pattern = this.#patterns.get(shared)
    if (!pattern) return undefined
    const { args, json, packedOptions } = pattern
    args[1] = id
    args[2] = name
    args[3] = Date.now()
    json.data = text
    const given = this.addStandardJobArgs(json, packedOptions, args)
    json.data = ''
    // It refuses only what has a parent, and such a one shares its options with none.
    return this.callScript('addStandardJob', given)
  }

  /** Adds a job as BullMQ does. With `shared` options it remembers how, for the next that have the same. */
  async addFirst(job: StoredJob, shared?: object): Promise<unknown> {
    const { parentKey = '' } = job
    const { jobData, jobId, parentKeyOpts } = job.toFlowEntry(
      parentKey === '' ? {} : { parentKey, parentDependenciesKey: `${parentKey}:dependencies` },
    )
    const client = await this.queue.client
    this.#following = (_client, json, packed, args) => {
      // The places in which the next ones differ, in the BullMQ that this was written for.
      const isKnown = args[1] === jobId && args[2] === json.name && args[3] === json.timestamp
      // A limit is for each text to keep.
      if (!shared || !isKnown || json.opts.sizeLimit || !allowsShortcuts(this.version)) return
      // Packed beside others, in memory that would be kept with it.
      const packedOptions = packed instanceof Uint8Array ? Buffer.from(packed) : packed
      this.#patterns.set(shared, { packedOptions, args: [...args], json: { ...json, data: '' } })
    }
    const added = this.addJobToTransaction(client, jobData, jobId, parentKeyOpts)
    this.#following = undefined
    return added
  }

  /** Whether there was a job of this one's id when it was added by `addJob` or `addJobs`. */
  existed(job: JobJson): boolean {
    return this.#existed.has(job)
  }

  override async addJob(...[job, jobId, parentKeyOpts]: Parameters<RemovingBackend['addJob']>): Promise<string> {
    const [id = jobId ?? ''] = await this.addJobs([{ job, jobId, ...(parentKeyOpts && { parentKeyOpts }) }])
    return id
  }

  /** As BullMQ adds them, and notes, in one step with each, whether there was one. */
  override async addJobs(entries: Parameters<RemovingBackend['addJobs']>[0]): Promise<string[]> {
    const client = await this.queue.client
    if (!Reflect.has(client, command)) client.defineCommand(command, { numberOfKeys: 1, lua })
    for (const name of adding) this.harden(client, name)
    const multi = client.multi()
    for (const { job, jobId = '', parentKeyOpts } of entries) {
      multi.runCommand(command, [this.toKey(jobId)])
      await this.addJobToTransaction(multi, job, jobId, parentKeyOpts)
    }
    const replies = (await multi.exec()) ?? []
    return entries.map(({ job, jobId = '', parentKeyOpts }, index) => {
      const [[failed, existed] = [null], [refused, id] = [null]] = replies.slice(2 * index, 2 * index + 2)
      if (failed ?? refused) throw failed ?? refused
      if (existed === 1) this.#existed.add(job)
      if (typeof id === 'number' && id < 0) {
        const { parentKey = '' } = parentKeyOpts ?? {}
        throw this.finishedErrors({ code: id, command: 'addJob', jobId, parentKey })
      }
      return String(id)
    })
  }

  protected override addStandardJob(...given: Standard): ReturnType<RemovingBackend['addStandardJob']> {
    this.#following?.(...given)
    return super.addStandardJob(...given)
  }

  /** BullMQ looks at the answer of a lone root alone, and passes over what became of the others. */
  override async addFlow(entries: Parameters<RemovingBackend['addFlow']>[0]) {
    const client = await this.queue.client
    for (const name of addingFlows) this.harden(client, name)
    const replies = await super.addFlow(entries)
    for (const [index, [error, code]] of replies.entries()) {
      if (error) throw error
      if (typeof code !== 'number' || code >= 0) continue
      const { jobId = '', parentKeyOpts } = entries[index] ?? {}
      throw this.finishedErrors({ code, command: 'addFlow', jobId, parentKey: parentKeyOpts?.parentKey ?? '' })
    }
    return replies
  }
}
