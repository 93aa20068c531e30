import { BrineError } from '../errors.ts'

/**
 * The field of a job's hash that says it is cancelled. It is BullMQ's own, for jobs that are to fail when they are taken: so a
 * worker of any kind that takes the job afterwards fails it at once, without its handler, and clears the field.
 */
export const cancelledField = 'defa'

const longestReason = 1_000

/** What a cancelled job fails with. */
export function cancellation(job: string, reason: string): BrineError {
  return new BrineError('JOB_CANCELLED', reason.slice(0, longestReason), { job })
}

/** The reason that a cancellation was given. */
export function reasonOf({ job = '', message }: BrineError): string {
  return message.slice(cancellation(job, '').message.length)
}

/** The cancellation that a job's hash holds, if it does: BullMQ writes other reasons to fail into the same field. */
export function readCancellation(job: string, text: string | null | undefined): BrineError | undefined {
  if (!text?.startsWith('JOB_CANCELLED ')) return undefined
  const start = cancellation(job, '').message
  // Whoever cancels a job by its id may take it for one of another name.
  const reason = text.startsWith(start) ? text.slice(start.length) : text.slice(text.indexOf(': ') + 2)
  return cancellation(job, reason)
}

/** Where workers hear of cancelled jobs that run: by Redis' publish and subscribe. The message is the job's id. */
export function cancelChannel(queueKey: string): string {
  return `${queueKey}brine:cancel`
}
