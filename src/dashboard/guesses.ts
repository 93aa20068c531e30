/** How to answer a wrong password: after a while, or at once, because its client sent too many. */
export interface Guess {
  /** Whether its client had too many wrong ones lately. */
  readonly isOver: boolean
  /** Whether it is the first one too many: only that one is logged, so a flood of guesses does not flood the log. */
  readonly isFirstOver: boolean
}

/** Counts wrong passwords by client. */
export interface Guesses {
  /** Counts a wrong one from an address; all unknown addresses count as one client. */
  count(address: string | undefined): Guess
  /** How many clients are remembered. */
  readonly clients: number
}

const mostWrong = 10
export const windowMs = 60_000
const mostClients = 10_000

/**
 * Counts wrong passwords: each client may send ten a minute. A client is the address of the connection. For IPv6 it is the /64 network,
 * because one machine often has all addresses of such a network. `X-Forwarded-For` is not read: anybody can write any address there. At
 * most 10,000 clients are remembered, and the one that was counted longest ago is forgotten first.
 */
export function createGuesses(now: () => number = Date.now): Guesses {
  const clients = new Map<string, { wrong: number; until: number }>()
  return {
    get clients() {
      return clients.size
    },
    count(address) {
      const client = clientOf(address)
      const known = clients.get(client)
      const counted = known && known.until > now() ? known : { wrong: 0, until: now() + windowMs }
      counted.wrong += 1
      // Moved to the end, so that the first is the one that was counted longest ago.
      clients.delete(client)
      clients.set(client, counted)
      const [oldest] = clients.keys()
      if (clients.size > mostClients && oldest !== undefined) clients.delete(oldest)
      return { isOver: counted.wrong > mostWrong, isFirstOver: counted.wrong === mostWrong + 1 }
    },
  }
}

function clientOf(address = ''): string {
  const [plain = ''] = address.toLowerCase().split('%', 1)
  const mapped = /^::ffff:([\d.]+)$/.exec(plain)?.[1]
  if (mapped !== undefined) return mapped
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::', 2)
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const missing = tail === undefined ? 0 : 8 - (first?.length ?? 0) - (last?.length ?? 0)
  const groups = [...(first ?? []), ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...(last ?? [])]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
