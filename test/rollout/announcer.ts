/** What a worker announces of itself, but for its id. */
export const announcer = {
  name: 'ours',
  host: 'here',
  pid: 1,
  startedAt: new Date(0),
  brinemq: '1.0.0',
  clockAheadMs: undefined,
}

/** A contract that it announces, with these schedules. */
export function knownText(schedules: string[]): string {
  return JSON.stringify({ jobs: {}, models: {}, encodings: [], keys: [], schedules })
}
