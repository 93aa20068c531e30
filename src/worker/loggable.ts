import { messageOf, textAt } from '../codec/thrown/describe-thrown.ts'
import type { QueueContract } from '../contract/contract.ts'
import type { RedactedFailure } from '../job/redact-failure.ts'
import { hiddenMessage, messageOfModel } from '../notation/error-message.ts'

/**
 * What loggers may print of something that a handler threw; `told` is what Redis holds of it. A log is not Redis: it is the operator's
 * own, and a failure without a message is of little use there. So:
 *
 * - What the model of an error marks as sensitive is hidden, whether texts are sealed or not.
 * - Where texts are signed, or not sealed, messages are printed: the payloads themselves can be read in Redis.
 * - Where they are encrypted, only the messages of classes with a model are printed, since their authors were asked what is sensitive. Any
 *   other message may repeat a payload, and is left out; its class is printed.
 */
export function loggable(thrown: unknown, told: RedactedFailure, { models, keys }: QueueContract): RedactedFailure {
  const byModel = messageOfModel(thrown, models)
  if (byModel === 'hidden') return { message: hiddenMessage, stack: hiddenMessage }
  if (!keys || (keys.mode === 'encrypt' && byModel === 'unknown')) return told
  return { message: messageOf(thrown), stack: textAt(thrown, 'stack') ?? told.stack }
}
