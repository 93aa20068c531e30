/** Of one job, or whatever is counted: how long it took, and how much of that this process computed, Redis not included. */
export interface Cost {
  readonly ms: number
  readonly cpuUs: number
}

/** Starts a clock, which tells what each of `count` cost. */
export function startClock(): (count: number) => Cost {
  const started = performance.now()
  const before = process.cpuUsage()
  return (count) => {
    const ms = performance.now() - started
    const { user, system } = process.cpuUsage(before)
    return { ms: ms / count, cpuUs: (user + system) / count }
  }
}

export async function costOf(count: number, run: () => Promise<unknown>): Promise<Cost> {
  const stop = startClock()
  await run()
  return stop(count)
}
