import { hostname } from 'node:os'

let named = 0

/**
 * What a worker is called that was given no `name`: its host, its process, and a number in it. Jobs remember by whom they were
 * taken, so that whoever looks on can tell which worker runs what.
 */
export function workerName(): string {
  named += 1
  // A client's name in Redis holds no spaces.
  return `${hostname().replace(/[^\w.-]/g, '-')}:${process.pid}:${named}`
}
