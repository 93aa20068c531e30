/** `1 job`, `2 jobs`, `0 failed jobs`. */
export function jobsOf(count: number, kind?: string): string {
  return `${count} ${kind === undefined ? '' : `${kind} `}${count === 1 ? 'job' : 'jobs'}`
}
