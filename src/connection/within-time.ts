import { longestTimerMs } from '../longest-timer.ts'

/**
 * What `work` gives, or undefined when the time is over first. Longer than a timer can run is for ever. With `ref: false` the
 * waiting keeps no process alive.
 */
export async function withinTime<T>(timeoutMs: number, work: Promise<T>, { ref = true } = {}): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    if (timeoutMs <= longestTimerMs) timer = setTimeout(resolve, timeoutMs, undefined)
    if (!ref) timer?.unref()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
