import { deepStrictEqual } from 'node:assert/strict'
import v8 from 'node:v8'
import { createCodec } from 'brinemq'
import * as devalue from 'devalue'
import { createPlugin, fromJSON, type SerovalNode, toJSON } from 'seroval'
import { SuperJSON } from 'superjson'
import { fromPlain, toPlain } from './by-hand.ts'
import { measure } from './measure.ts'
import { LineItem, Money, makeOrder, makePlainOrder, models, Order, Person } from './order.ts'
import { printTable } from './table.ts'

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

// What knows such values without being told of a class.
const plainPeers = ['devalue, bare', 'BrineMQ', 'superjson', 'seroval'].flatMap(
  (name) => peers.find((peer) => peer.name === name) ?? [],
)

const columns = ['value', 'codec', 'encode µs', 'decode µs', 'ratio', 'bytes']

export function benchCodec(): void {
  const sizes = [1, 3, 10, 30, 100]
  const classes: [string, object][] = [['Person', new Person('John', 20)]]
  for (const items of sizes) classes.push([`order of ${items}`, makeOrder(items)])
  printTable('Codec, instances of classes: µs, and bytes of text', columns, compare(classes, peers))
  console.log(
    '\nThe ratio is of encode and decode together, to JSON mapped by hand. BrineMQ checks every field against its schema; the others check nothing.',
  )
  const plain = sizes.map((items): [string, object] => [`order of ${items}`, makePlainOrder(items)])
  printTable('Codec, the same without a class: µs, and bytes of text', columns, compare(plain, plainPeers))
  console.log(
    '\nThe ratio is to devalue, bare, whose format BrineMQ writes where no schema tells more. BrineMQ refuses what would be lost, and checks the text whole before it builds.',
  )
}

/** One row for each value and peer, with the ratio to the first of the peers. */
function compare(values: readonly [string, object][], subjects: readonly Peer[]): (string | number)[][] {
  const rows: (string | number)[][] = []
  for (const [name, value] of values) {
    const texts = new Map(subjects.map((peer) => [peer, peer.encode(value)]))
    // A peer that lost something on the way would be fast for nothing.
    for (const [peer, text] of texts) deepStrictEqual(peer.decode(text), value, peer.name)
    const encode = measure(subjects.map((peer) => ({ name: peer.name, run: () => peer.encode(value) })))
    const decode = measure(subjects.map((peer) => ({ name: peer.name, run: () => peer.decode(texts.get(peer) ?? '') })))
    const both = (peer: Peer) => (encode.get(peer.name) ?? 0) + (decode.get(peer.name) ?? 0)
    const base = both(subjects[0] as Peer)
    for (const peer of subjects) {
      const bytes = Buffer.byteLength(texts.get(peer) ?? '')
      rows.push([name, peer.name, encode.get(peer.name) ?? 0, decode.get(peer.name) ?? 0, both(peer) / base, bytes])
    }
  }
  return rows
}
