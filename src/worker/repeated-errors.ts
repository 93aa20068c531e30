import { BrineError } from '../errors.ts'

/** Passes errors on, those that Redis causes at each command only once in an interval. */
export interface RepeatedErrors {
  report(error: Error): void
  close(): void
}

interface Kind {
  last: BrineError
  more: number
}

const defaultIntervalMs = 10_000

/**
 * A server that is away, or refuses writes, makes each command fail, tens of times a second. The first error of a kind is passed on at once;
 * those that follow are counted, and passed on as one at the end of each interval.
 */
export function createRepeatedErrors(
  pass: (error: Error) => void,
  intervalMs: number = defaultIntervalMs,
): RepeatedErrors {
  const kinds = new Map<string, Kind>()
  const timers = new Set<NodeJS.Timeout>()

  function begin(kind: string, error: BrineError): void {
    kinds.set(kind, { last: error, more: 0 })
    const timer = setTimeout(() => {
      timers.delete(timer)
      end(kind)
    }, intervalMs).unref()
    timers.add(timer)
  }

  function end(kind: string): void {
    const { last, more } = kinds.get(kind) ?? {}
    kinds.delete(kind)
    if (last === undefined || !more) return
    begin(kind, last)
    pass(repeated(last, more, intervalMs))
  }

  return {
    report(error) {
      const kind = kindOf(error)
      if (kind === undefined) return pass(error)
      const known = kinds.get(kind)
      if (known) {
        known.more += 1
        known.last = error as BrineError
        return
      }
      begin(kind, error as BrineError)
      pass(error)
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** Errors of one kind have one cause: the server is away, or answers each command with the same word, such as READONLY. */
function kindOf(error: Error): string | undefined {
  if (!(error instanceof BrineError)) return undefined
  if (error.code === 'REDIS_UNREACHABLE') return error.code
  if (error.code !== 'REDIS_REFUSED') return undefined
  return `${error.code} ${/answered '(\S+)/.exec(error.message)?.[1] ?? ''}`
}

function repeated(error: BrineError, more: number, intervalMs: number): BrineError {
  return error.relocated({ within: `${more} more in ${intervalMs / 1_000} s` })
}
