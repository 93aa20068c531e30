import { InvalidArgumentError } from 'commander'

/** For options that are a port. */
export function parsePort(given: string): number {
  const port = Number(given)
  if (/^\d{1,5}$/.test(given) && port <= 65_535) return port
  throw new InvalidArgumentError('say a port, or 0 for one that is free.')
}
