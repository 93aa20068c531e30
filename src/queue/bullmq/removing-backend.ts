import { ScriptBackend } from './script-backend.ts'

/** BullMQ's commands, and one that it has as two. */
export class RemovingBackend extends ScriptBackend {
  /**
   * Removes a job with its children that have not begun, in one step: a parent whose last child is gone would run. Gives what
   * `remove` does.
   */
  async removeWithWaiting(jobId: string): Promise<number> {
    const transaction = (await this.queue.client).multi()
    const [key, { meta }] = [this.toKey(jobId), this.keys]
    this.execCommand(transaction, 'removeUnprocessedChildren', [key, meta, this.toKey(''), jobId])
    this.execCommand(transaction, 'removeJob', this.removeArgs(jobId, false))
    for (const [error, code] of (await transaction.exec()) ?? []) {
      if (error) throw error
      if (typeof code === 'number' && code < 0) throw this.finishedErrors({ code, jobId, command: 'removeJob' })
      if (code === 1) return code
    }
    return 0
  }
}
