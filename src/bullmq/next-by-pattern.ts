import { defaultRepeatStrategy, type RepeatOptions } from 'bullmq'

/** The next slot of a pattern after a time; undefined when none follows. */
export function nextByPattern({ immediately: _, ...repeat }: RepeatOptions, fromMs: number): number | undefined {
  const next: unknown = defaultRepeatStrategy(fromMs, repeat)
  return typeof next === 'number' ? next : undefined
}
