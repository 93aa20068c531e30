import type { Cluster, Redis } from 'ioredis'

/** Where jobs lie in Redis: in a list, or in a sorted set. */
export interface Pile {
  readonly key: string
  readonly kind: 'list' | 'set'
}

type Client = Redis | Cluster

const pageSize = 500
const windows = 100

export function sizeOf(client: Client, { key, kind }: Pile): Promise<number> {
  return kind === 'list' ? client.llen(key) : client.zcard(key)
}

/**
 * The ids in a pile, page by page, of which none is remembered longer than that. What stands there all the while is given, and
 * what moves meanwhile may be given twice, or not. With `most` only so many, from all over the pile.
 */
export async function* idsIn(
  client: Client,
  pile: Pile,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<string[], void> {
  const size = await sizeOf(client, pile)
  if (most <= 0 || size === 0) return
  if (most < size)
    yield* pile.kind === 'set' ? drawFromSet(client, pile.key, most) : drawFromList(client, pile.key, most, size)
  else yield* pile.kind === 'set' ? allOfSet(client, pile.key) : allOfList(client, pile.key)
}

async function* allOfSet(client: Client, key: string): AsyncGenerator<string[], void> {
  let cursor = '0'
  do {
    const [next, found] = await client.zscan(key, cursor, 'COUNT', pageSize)
    const ids = found.filter((_, at) => at % 2 === 0)
    if (ids.length > 0) yield ids
    cursor = next
  } while (cursor !== '0')
}

// From the end at which jobs come in: what is taken at the other end moves none of those that follow.
async function* allOfList(client: Client, key: string): AsyncGenerator<string[], void> {
  let before = new Set<string>()
  for (let from = 0; ; from += pageSize) {
    const page = await client.lrange(key, from, from + pageSize - 1)
    const ids = page.filter((id) => !before.has(id))
    if (ids.length > 0) yield ids
    if (page.length < pageSize) return
    before = new Set(page)
  }
}

async function* drawFromSet(client: Client, key: string, most: number): AsyncGenerator<string[], void> {
  // Distinct ones, as Redis draws them: its answer is bounded by the sample.
  const drawn = await client.zrandmember(key, most)
  const ids = Array.isArray(drawn) ? drawn.map(String) : []
  for (let at = 0; at < ids.length; at += pageSize) yield ids.slice(at, at + pageSize)
}

async function* drawFromList(client: Client, key: string, most: number, size: number): AsyncGenerator<string[], void> {
  const parts = Math.min(windows, most)
  let left = most
  for (let part = 0; part < parts; part += 1) {
    const count = Math.ceil(left / (parts - part))
    const from = Math.floor((size * part) / parts)
    for (let at = 0; at < count; at += pageSize) {
      const ids = await client.lrange(key, from + at, from + Math.min(count, at + pageSize) - 1)
      if (ids.length > 0) yield ids
    }
    left -= count
  }
}
