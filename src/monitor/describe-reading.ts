import type { Reading, Unreadable } from './monitored-job.ts'

/** What people are shown of what could be read: what was enqueued, and not what the worker will make of it. */
export function givenValue({ given, value }: Exclude<Reading<unknown>, Unreadable>): unknown {
  return given ? given.value : value
}

/** What machines are told of what could not be read: why, and what could be decoded of it, as `show` shows that. */
export function describeUnreadable(
  { unreadable, decoded, bytes }: Unreadable,
  show: (value: unknown) => unknown,
): Record<string, unknown> {
  const { code, path, message } = unreadable
  return {
    unreadable: { code, ...(path !== undefined && { path }), message },
    ...(decoded && { decoded: show(decoded.value) }),
    bytes,
  }
}
