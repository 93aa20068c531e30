import { readBoundedFields, readBoundedValues } from '../bullmq/bounded-read.ts'
import { readKeptError } from '../bullmq/child-error.ts'
import { flowOf } from '../bullmq/flow.ts'
import { errorField, stepsField } from '../bullmq/job-fields.ts'
import type { StoredJob } from '../bullmq/stored-job.ts'
import { jobInText } from '../codec/job-in-text.ts'
import { isReply, refused } from '../connection/redis-errors.ts'
import { BrineError } from '../errors.ts'
import { element, root } from '../path.ts'
import type { ChildCounts } from './handler-children.ts'
import type { PreparedFlow } from './prepare-flow.ts'
import { refuseTaken } from './refuse-taken.ts'

/** A child that completed, as it is stored. */
export interface CompletedChild {
  id: string
  /** Of its queue in Redis. */
  prefix: string
  /** Undefined where neither its result nor its hash tells it. */
  name: string | undefined
  text: string
}

/** A child that failed without failing its parent, as it is stored. */
export interface FailedChild {
  id: string
  prefix: string
  name: string | undefined
  /** The encoded error, while it is to be had. */
  encoded: string | undefined
  reason: string
}

/**
 * What is kept of a job's children where the job is kept: in Redis, or in memory. Names, numbers and encoded texts alone, so
 * that it can be asked from the thread or process in which a handler runs sandboxed.
 */
export interface ChildStore {
  /** Of the job that has the children. */
  readonly id: string
  readonly job: string
  readonly prefix: string
  /** The token of its enqueue, to which its children are bound; of a queue with keys. */
  readonly token?: string | undefined
  /** Those in the queue of this name. */
  completed(queue: string): Promise<CompletedChild[]>
  failed(queue: string): Promise<FailedChild[]>
  counts(): Promise<ChildCounts>
  /** Adds prepared trees, all of them or none, and gives the ids of the first ones. */
  add(flows: readonly PreparedFlow[]): Promise<string[]>
  hasStep(name: string): Promise<boolean>
  endStep(name: string): Promise<void>
}

const longestName = 1_000

/** The children of a job in Redis, by the connection of the worker that runs it. */
export function childrenInRedis(stored: StoredJob): ChildStore {
  const { commands, name: job, prefix } = stored
  const id = String(stored.id)
  const key = commands.toKey(id)

  function of(queue: string, children: readonly [string, string][]) {
    const all = children.map(([at, value]) => ({ at, value, ...commands.parseNodeKey(at) }))
    return all.filter(({ queueName }) => queueName === queue)
  }

  async function readSteps(): Promise<unknown[]> {
    const client = await commands.client
    const [text] = await readBoundedFields(client, key, [stepsField], commands.maxTextBytes)
    try {
      const done: unknown = JSON.parse(text ?? '[]')
      return Array.isArray(done) ? done : []
    } catch {
      // Somebody else wrote it. A step that is run again finds its children by their ids.
      return []
    }
  }

  return {
    ...{ id, job, prefix },
    async completed(queue) {
      const client = await commands.client
      const texts = await readBoundedValues(client, `${key}:processed`, commands.maxTextBytes)
      return Promise.all(
        of(queue, texts).map(async ({ at, id: child, prefix: under, value: text }) => {
          const name = jobInText(text) ?? (await readBoundedFields(client, at, ['name'], longestName))[0] ?? undefined
          return { id: child, prefix: under, name, text }
        }),
      )
    },
    async failed(queue) {
      const client = await commands.client
      const reasons = await readBoundedValues(client, `${key}:failed`, commands.maxTextBytes)
      return Promise.all(
        of(queue, reasons).map(async ({ at, id: child, prefix: under, value: reason }) => {
          const [name, encoded] = await readBoundedFields(client, at, ['name', errorField], commands.maxTextBytes)
          const kept = encoded ? undefined : await readKeptError(commands, key, at)
          return { id: child, prefix: under, name: name ?? kept?.name, encoded: encoded ?? kept?.encoded, reason }
        }),
      )
    },
    async counts() {
      const { unprocessed = 0, processed = 0, ignored = 0, failed = 0 } = await stored.getDependenciesCount()
      return { unprocessed, processed, ignored, failed }
    },
    async add(flows) {
      const parent = { id, queue: stored.queueQualifiedName }
      await refuseTaken(await commands.client, flows, { path: (index) => element(root, index), parent: key })
      try {
        // In one transaction, which is refused as a whole.
        const addAll = () => flowOf(stored).addBulk(flows.map((flow) => ({ ...flow, opts: { ...flow.opts, parent } })))
        const added = await commands.insist(addAll)
        return added.map(({ job: child }) => String(child.id))
      } catch (cause) {
        if (isReply(cause)) throw refused(cause).relocated({ job })
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new BrineError('OPTIONS_INVALID', why, { job, cause })
      }
    },
    hasStep: async (name) => (await readSteps()).includes(name),
    async endStep(name) {
      const client = await commands.client
      const done = JSON.stringify([...(await readSteps()), name])
      await commands.insist(() => client.hset(key, { [stepsField]: done }))
    },
  }
}
