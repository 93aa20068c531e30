import type { Cluster, Redis } from 'ioredis'

type Ask = <T>(question: (client: Redis | Cluster) => Promise<T>) => Promise<T>

const batch = 1_000
const mostRemembered = 100_000

/** The keys that begin with `prefix`, without it, from all masters of a Cluster. */
export async function* scanKeys(ask: Ask, prefix: string): AsyncGenerator<string, void, undefined> {
  const nodes = await ask(async (client) => ('nodes' in client ? client.nodes('master') : [client]))
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`
  const seen = new Set<string>()
  for (const node of nodes) {
    let cursor = '0'
    do {
      const [next, found] = await ask(() => node.scan(cursor, 'MATCH', pattern, 'COUNT', batch))
      for (const key of found) {
        if (seen.has(key)) continue
        remember(seen, key)
        yield key.slice(prefix.length)
      }
      cursor = next
    } while (cursor !== '0')
  }
}

// Redis gives a key again when its table grows or shrinks meanwhile. Sets keep their order, so the first is the oldest.
function remember(seen: Set<string>, key: string): void {
  seen.add(key)
  if (seen.size <= mostRemembered) return
  for (const oldest of seen) {
    seen.delete(oldest)
    return
  }
}
