import { UnrecoverableError } from 'bullmq'
import { HandlerFailure } from '../bullmq/handler-failure.ts'
import type { EnvelopeCodec, Place } from '../codec/envelope.ts'
import { messageOf, textAt } from '../codec/thrown/describe-thrown.ts'
import { mayRetry } from '../errors.ts'
import { redactFailure } from './redact-failure.ts'

/** What BullMQ is told of something that was thrown. It throws nothing itself, whatever was thrown. */
export function describeFailure(thrown: unknown, codec: EnvelopeCodec, place: Place): HandlerFailure {
  // A sandboxed handler's was described where it was thrown.
  if (HandlerFailure.is(thrown)) return thrown
  const told = codec.sealed
    ? redactFailure(thrown)
    : { message: messageOf(thrown), stack: textAt(thrown, 'stack') ?? '' }
  return new HandlerFailure({
    thrown,
    encoded: codec.encodeThrown(thrown, place),
    ...told,
    retry: mayTryAgain(thrown),
  })
}

function mayTryAgain(thrown: unknown): boolean {
  try {
    return (
      mayRetry(thrown) && !(thrown instanceof UnrecoverableError) && textAt(thrown, 'name') !== 'UnrecoverableError'
    )
  } catch {
    return true
  }
}
