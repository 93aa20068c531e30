import { isTooManyChildren, tooManyChildren } from './child-lists.ts'
import { ScriptBackend } from './script-backend.ts'

export interface RemoveWaiting {
  /** Whether the job goes too, if no worker holds it. */
  itself: boolean
  /** The keys of jobs below it that stay, and whose own children go: BullMQ does not look below these. */
  holders: readonly string[]
}

/** BullMQ's commands, and one that it has as two. */
export class RemovingBackend extends ScriptBackend {
  /** As BullMQ removes a job. Throws LIMIT_EXCEEDED when more jobs are below it than one step may remove. */
  override async remove(...given: Parameters<ScriptBackend['remove']>): Promise<number> {
    try {
      return await super.remove(...given)
    } catch (error) {
      throw isTooManyChildren(error) ? tooManyChildren('it is not removed; remove those first') : error
    }
  }

  /**
   * Removes the jobs below a job that have not begun, and maybe the job, in one step: a parent whose last child is gone would run.
   * Says whether the job itself is gone by it.
   */
  async removeWaiting(jobId: string, { itself, holders }: RemoveWaiting): Promise<boolean> {
    const client = await this.queue.client
    for (const command of ['removeUnprocessedChildren', 'removeJob']) this.harden(client, command)
    const transaction = client.multi()
    for (const key of [...holders, this.toKey(jobId)]) {
      const id = key === this.toKey(jobId) ? jobId : this.parseNodeKey(key).id
      const queueKey = key.slice(0, -id.length)
      this.execCommand(transaction, 'removeUnprocessedChildren', [key, `${queueKey}meta`, queueKey, id])
    }
    if (itself) this.execCommand(transaction, 'removeJob', this.removeArgs(jobId, false))
    const replies = (await transaction.exec()) ?? []
    const [error, code] = (itself ? replies.pop() : undefined) ?? [null, 0]
    const [broken = error] = replies.find(([refused]) => refused) ?? []
    if (isTooManyChildren(broken)) throw tooManyChildren('those that wait stay, and fail when a worker takes them')
    if (broken) throw broken
    if (typeof code === 'number' && code < 0) throw this.finishedErrors({ code, jobId, command: 'removeJob' })
    return code === 1
  }
}
