import { deepStrictEqual } from 'node:assert/strict'
import { createStore } from 'brinemq'
import { Redis } from 'ioredis'
import type { Bench } from './bench.ts'
import { beside } from './beside.ts'
import { fromPlain, toPlain } from './by-hand.ts'
import { type Cost, costOf } from './clock.ts'
import { interleave } from './interleave.ts'
import { makeOrder, models, type Order, order } from './order.ts'
import type { Table } from './table.ts'

interface Peer {
  set(key: string, value: Order): Promise<unknown>
  get(key: string): Promise<Order | undefined>
  close(): Promise<unknown>
}

const peers = {
  ioredis(url: string, prefix: string): Peer {
    const redis = new Redis(url)
    return {
      set: (key, value) => redis.set(`${prefix}:${key}`, JSON.stringify(toPlain(value))),
      async get(key) {
        const text = await redis.get(`${prefix}:${key}`)
        return text === null ? undefined : fromPlain(JSON.parse(text))
      },
      close: async () => redis.disconnect(),
    }
  },
  brine(url: string, prefix: string): Peer {
    const store = createStore({ connection: url, models, prefix: `${prefix}:` })
    return {
      set: (key, value) => store.set(key, value),
      get: (key) => store.get(key, order.schema),
      close: () => store.close(),
    }
  },
}
type Name = keyof typeof peers
const names: readonly Name[] = ['ioredis', 'brine']
const keysAtOnce = 50
// Many short rounds, on connections that stay: what a neighbour takes away it takes for a second or two, and how fast a connection is
// depends on the core that it happens to be on.
const parts = 6

/** Measures objects under keys: set and get, a round trip each. */
export async function benchStore({ settings, server }: Bench): Promise<Table[]> {
  const orders = settings.jobOrders.map(makeOrder)
  const tasks = new Map([
    ['one after the other', 1],
    [`${keysAtOnce} at once`, keysAtOnce],
  ])
  const costs = await server.withPrefix(async (prefix) => {
    const opened = { ioredis: peers.ioredis(server.url, prefix), brine: peers.brine(server.url, prefix) }
    try {
      for (const value of orders) for (const name of names) await setAndGet(opened[name], 'first', value)
      return await interleave(orders, names, settings.rounds * parts, async (value, name) => {
        const found = new Map<string, Cost>()
        for (const [task, atOnce] of tasks) {
          const times = Math.ceil((settings.singly * Math.min(atOnce, 10)) / atOnce / parts)
          found.set(task, await costOf(2 * times * atOnce, () => playRound(opened[name], value, times, atOnce)))
        }
        return found
      })
    } finally {
      await Promise.all(names.map((name) => opened[name].close()))
    }
  })
  const rows = orders.flatMap((order) =>
    [...tasks.keys()].map((task) => [
      ...[`${order.items.length} items`, task],
      ...beside(costs(order, 'ioredis', task), costs(order, 'brine', task)),
    ]),
  )
  return [
    {
      id: 'store',
      title: 'Objects under keys: round trips a second, set and get in turn',
      against:
        'A store (`createStore`), every field checked when it is set and when it is got, against ioredis with JSON mapped by hand, which checks nothing. The ratio is of round trips a second.',
      columns: ['order of', 'keys', 'ioredis /s', 'BrineMQ /s', 'ratio', 'ioredis CPU µs', 'BrineMQ CPU µs'],
      rows,
    },
  ]
}

async function playRound(peer: Peer, value: Order, times: number, atOnce: number): Promise<void> {
  const keys = Array.from({ length: atOnce }, (_, at) => `key-${at}`)
  for (let count = 0; count < times; count += 1) {
    if (atOnce === 1) await setAndGet(peer, 'key', value)
    else await Promise.all(keys.map((key) => setAndGet(peer, key, value)))
  }
}

async function setAndGet(peer: Peer, key: string, value: Order): Promise<void> {
  await peer.set(key, value)
  const got = await peer.get(key)
  // Once is enough: to compare takes longer than the round trip.
  if (key === 'first') deepStrictEqual(got, value)
}
