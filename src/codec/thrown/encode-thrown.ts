import { BrineError } from '../../errors.ts'
import type { Limits } from '../../limits/limits.ts'
import { omittedName } from '../../model/error-extras.ts'
import { join, property, root } from '../../path.ts'
import type { PathStart } from '../../schema/path-start.ts'
import type { CodecContext } from '../codec-context.ts'
import { ReadMemo } from '../fields/read-memo.ts'
import { degrade, type Room } from './degrade.ts'
import { messageOf } from './describe-thrown.ts'
import { nothing } from './part-taker.ts'

export interface ThrownEncoder {
  readonly knowledge: CodecContext
  /** Where the paths of what is left out begin. */
  readonly start: PathStart
  /** Encodes a value, by what is known of its instances. The paths of its refusals have all names: see `Way.key`. */
  write(value: unknown, memo: ReadMemo): string
  /** Decodes a text that was written, with such refusals too. */
  read(text: string): unknown
  readonly job: string | undefined
}

const longestMessage = 10_000
// Refusals of single parts that are mended, before less is tried.
const mostRefusals = 8
// Of the limits on bytes and nodes. A character is up to six bytes of JSON, and an error has entries beside those of its parts.
const shares = [1, 1 / 8, 1 / 64]

/**
 * The text of something that was thrown: as it is, when all of it travels; else what travels of it (see degrade.ts). A failure must be
 * reported in any case, so one that is over the limits is cut down until it fits. Undefined when not even its message does.
 */
export function encodeThrown(thrown: unknown, encoder: ThrownEncoder): string | undefined {
  try {
    return encoder.write(thrown, new ReadMemo(true))
  } catch {
    // Then part by part.
  }
  const { limits } = encoder.knowledge
  for (const share of shares) {
    const text = encodeDegraded(thrown, roomOf(limits, share), encoder)
    if (text !== undefined) return text
  }
  return encodeDegraded(thrown, { ...roomOf(limits, 1 / 64), bare: true }, encoder)
}

function roomOf({ maxBytes, maxNodes }: Limits, share: number): Room {
  const chars = Math.floor(maxBytes * share)
  return {
    chars,
    longest: share === 1 ? chars : Math.floor(chars / 4),
    nodes: Math.floor(maxNodes * share * 0.75),
    bare: false,
  }
}

function encodeDegraded(thrown: unknown, room: Room, encoder: ThrownEncoder): string | undefined {
  const { knowledge, start } = encoder
  const refused = new Map<string, number>()
  for (let tries = 0; tries < mostRefusals; tries += 1) {
    try {
      const { value, memo, unsaid } = degrade(thrown, { knowledge, start, room, refused })
      const text = encoder.write(unsaid.length === 0 ? value : wrapped(thrown, { value, unsaid, encoder, room }), memo)
      // A model's own code may not accept what is left of its fields.
      encoder.read(text)
      return text
    } catch (error) {
      if (!(error instanceof BrineError) || error.path === undefined) return undefined
      // Of the whole, no part is to blame.
      if (error.path === root && error.code === 'LIMIT_EXCEEDED') return undefined
      refused.set(error.path, (refused.get(error.path) ?? 0) + 1)
    }
  }
  return undefined
}

/** JOB_FAILED in place of what is no error, or cannot travel: it can say what was left out. */
function wrapped(
  thrown: unknown,
  { value, unsaid, encoder, room }: { value: unknown; unsaid: readonly string[]; encoder: ThrownEncoder; room: Room },
): BrineError {
  const message = messageOf(thrown).slice(0, Math.min(longestMessage, room.longest))
  if (value === nothing) return new BrineError('JOB_FAILED', message, { job: encoder.job })
  const error = new BrineError('JOB_FAILED', message, { job: encoder.job, cause: value })
  const within = property(root, 'cause')
  return Object.assign(error, { [omittedName]: unsaid.map((path) => join(within, path)) })
}
