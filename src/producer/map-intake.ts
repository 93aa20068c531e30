import { setImmediate as turn } from 'node:timers/promises'

/** Takes payloads from their source, as many as there is room for and no more. */
export interface Intake {
  /** How many were taken. */
  readonly taken: number
  /** Whether the source has no more. */
  readonly ended: boolean
  /** What the source threw, which is its end too. */
  readonly failure: { error: unknown } | undefined
  /** There may be room for more. */
  roomier(): void
  /** Takes no more, and lets the source clean up. */
  close(): Promise<void>
}

interface IntakeOptions<Item> {
  room(): number
  /** Called with each payload as it comes, before the source goes on: it may yield the same object again, changed. Must not throw. */
  begin(index: number, payload: unknown): Item
  /** Given what was taken together, which is what came without waiting. */
  send(items: readonly Item[]): Promise<void>
  /** Told when the source has ended. */
  over(): void
}

export function createIntake<Item>(
  payloads: Iterable<unknown> | AsyncIterable<unknown>,
  { room, begin, send, over }: IntakeOptions<Item>,
): Intake {
  const source = Symbol.asyncIterator in payloads ? payloads[Symbol.asyncIterator]() : payloads[Symbol.iterator]()
  const waits = Symbol.asyncIterator in payloads
  let taken = 0
  let ended = false
  let failure: { error: unknown } | undefined
  let reading: Promise<IteratorResult<unknown>> | undefined
  let working = false
  let closed = false

  /** The next payload; undefined when it does not come at once, and somebody waits for what has come already. */
  async function read(others: boolean): Promise<IteratorResult<unknown> | undefined> {
    if (!waits) return source.next()
    reading ??= Promise.resolve(source.next())
    const next = await (others ? Promise.race([reading, turn(undefined)]) : reading)
    if (next !== undefined) reading = undefined
    return next
  }

  async function take(): Promise<Item[]> {
    const items: Item[] = []
    try {
      while (!closed && room() > 0) {
        const next = await read(items.length > 0)
        if (next === undefined || closed) break
        if (next.done === true) {
          ended = true
          break
        }
        items.push(begin(taken, next.value))
        taken += 1
      }
    } catch (error) {
      ended = true
      reading = undefined
      failure = { error }
    }
    return items
  }

  async function work(): Promise<void> {
    working = true
    while (!closed && !ended && room() > 0) {
      // Jobs that end together make room together.
      await turn()
      const items = await take()
      if (items.length > 0 && !closed) await send(items)
    }
    working = false
    if (ended) over()
  }

  return {
    get taken() {
      return taken
    },
    get ended() {
      return ended
    },
    get failure() {
      return failure
    },
    roomier() {
      if (!working && !closed && !ended) void work()
    },
    async close() {
      closed = true
      if (ended) return
      const returned = source.return?.()
      // A source that is being read cleans up when it goes on, which may be never.
      if (reading === undefined) await returned
      else Promise.resolve(returned).catch(() => {})
    },
  }
}
