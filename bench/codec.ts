import { deepStrictEqual } from 'node:assert/strict'
import v8 from 'node:v8'
import { createCodec } from 'brinemq'
import * as devalue from 'devalue'
import { createPlugin, fromJSON, type SerovalNode, toJSON } from 'seroval'
import { SuperJSON } from 'superjson'
import type { Bench } from './bench.ts'
import { fromPlain, toPlain } from './by-hand.ts'
import { measure, type Pace } from './measure.ts'
import { LineItem, Money, makeOrder, makePlainOrder, models, Order, Person } from './order.ts'
import type { Cell, Table } from './table.ts'

interface Peer {
  name: string
  encode(value: object): string | Buffer
  decode(text: string | Buffer): unknown
}

const classes = { Person, Money, LineItem, Order }
const codec = createCodec({ models })

const superjson = new SuperJSON()
for (const [identifier, type] of Object.entries(classes)) superjson.registerClass(type, { identifier })

const reducers = Object.fromEntries(
  Object.entries(classes).map(([name, type]) => [name, (value: unknown) => value instanceof type && { ...value }]),
)
const revivers = Object.fromEntries(
  Object.entries(classes).map(([name, { prototype }]) => [
    name,
    (fields: object) => Object.assign(Object.create(prototype), fields),
  ]),
)

const plugins = Object.entries(classes).map(([tag, type]) =>
  createPlugin<object, { fields: SerovalNode }>({
    tag,
    test: (value) => value instanceof type,
    parse: { sync: (value, context) => ({ fields: context.parse({ ...value }) }) },
    serialize: () => '',
    deserialize: (node, context) => Object.assign(Object.create(type.prototype), context.deserialize(node.fields)),
  }),
)

// What each was made for, at its best: with classes where it knows them, and mapped by hand where it does not.
const peers: Peer[] = [
  {
    name: 'JSON, mapped by hand',
    encode: (value) => JSON.stringify(value instanceof Order ? toPlain(value) : value),
    decode: (text) => {
      const plain = JSON.parse(String(text))
      return 'items' in plain ? fromPlain(plain) : new Person(plain.name, plain.age)
    },
  },
  { name: 'BrineMQ', encode: (value) => codec.encode(value), decode: (text) => codec.decode(String(text)) },
  {
    name: 'devalue, bare',
    encode: (value) => devalue.stringify(value, reducers),
    decode: (text) => devalue.parse(String(text), revivers),
  },
  { name: 'superjson', encode: (value) => superjson.stringify(value), decode: (text) => superjson.parse(String(text)) },
  {
    name: 'seroval',
    encode: (value) => JSON.stringify(toJSON(value, { plugins })),
    decode: (text) => fromJSON(JSON.parse(String(text)), { plugins }),
  },
  {
    name: 'v8, mapped by hand',
    encode: (value) => v8.serialize(value instanceof Order ? toPlain(value) : value),
    decode: (bytes) => {
      const plain = v8.deserialize(bytes as Buffer)
      return 'items' in plain ? fromPlain(plain) : new Person(plain.name, plain.age)
    },
  },
]

const plainCodec = createCodec()
const plainSuperjson = new SuperJSON()

// What knows such values without being told of a class, and is told of none.
const plainPeers: Peer[] = [
  { name: 'devalue, bare', encode: (value) => devalue.stringify(value), decode: (text) => devalue.parse(String(text)) },
  {
    name: 'BrineMQ',
    encode: (value) => plainCodec.encode(value),
    decode: (text) => plainCodec.decode(String(text)),
  },
  {
    name: 'superjson',
    encode: (value) => plainSuperjson.stringify(value),
    decode: (text) => plainSuperjson.parse(String(text)),
  },
  {
    name: 'seroval',
    encode: (value) => JSON.stringify(toJSON(value)),
    decode: (text) => fromJSON(JSON.parse(String(text))),
  },
]

const columns = ['value', 'codec', 'encode µs', 'decode µs', 'ratio', 'bytes']

/** Measures values to text and back, without any Redis. */
export function benchCodec({ settings }: Pick<Bench, 'settings'>): Table[] {
  const instances: [string, object][] = [['Person', new Person('John', 20)]]
  for (const items of settings.orders) instances.push([`order of ${items}`, makeOrder(items)])
  const plain = settings.orders.map((items): [string, object] => [`order of ${items}`, makePlainOrder(items)])
  return [
    {
      id: 'codec',
      title: 'Codec: instances of classes',
      against:
        'BrineMQ, every field checked against its schema in both directions, against what checks nothing. The ratio is of the time to encode and decode, to that of JSON mapped by hand; µs, and bytes of text.',
      columns,
      rows: compare(instances, peers, settings.codec),
    },
    {
      id: 'codec-plain',
      title: 'Codec: the same without a class',
      against:
        'No schema tells of these values, so BrineMQ writes the format of devalue, as it does for objects whose properties stand in another order than their schema has them. It refuses what would be lost, and checks a text whole before it builds. The ratio is to bare devalue, which does neither.',
      columns,
      rows: compare(plain, plainPeers, settings.codec),
    },
  ]
}

/** One row for each value and peer, with the ratio to the first of the peers. */
function compare(values: readonly [string, object][], subjects: readonly Peer[], pace: Pace): Cell[][] {
  const rows: Cell[][] = []
  for (const [name, value] of values) {
    const texts = new Map(subjects.map((peer) => [peer, peer.encode(value)]))
    // A peer that lost something on the way would be fast for nothing.
    for (const [peer, text] of texts) deepStrictEqual(peer.decode(text), value, peer.name)
    const encode = measure(
      subjects.map((peer) => ({ name: peer.name, run: () => peer.encode(value) })),
      pace,
    )
    const decode = measure(
      subjects.map((peer) => ({ name: peer.name, run: () => peer.decode(texts.get(peer) ?? '') })),
      pace,
    )
    const both = (peer: Peer) => (encode.get(peer.name) ?? 0) + (decode.get(peer.name) ?? 0)
    const base = both(subjects[0] as Peer)
    for (const peer of subjects) {
      const bytes = Buffer.byteLength(texts.get(peer) ?? '')
      rows.push([name, peer.name, encode.get(peer.name) ?? 0, decode.get(peer.name) ?? 0, both(peer) / base, bytes])
    }
  }
  return rows
}
