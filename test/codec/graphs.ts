import fc from 'fast-check'
import { Bag, Stack } from './built-in-subclasses.ts'
import { Account, Id, Knot, Link, Money, Person, Point } from './classes.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', '\udc00x', '__proto', '-1', 'Date'),
)

/** Primitives and values that are whole in their own entry, such as devalue has too. */
const plainLeaf = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.bigInt(),
  fc.constantFrom(undefined, null, -0, Number.NaN),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 8 }),
  fc.float64Array({ maxLength: 3 }),
  fc.constantFrom(/a/gi, /\//, /[\n]/).map((pattern) => new RegExp(pattern.source, pattern.flags)),
  fc.webUrl().map((url) => new URL(url)),
)

const ourLeaf = fc.oneof(
  fc.record({ name: text, age: fc.integer() }).map(({ name, age }) => new Person(name, age)),
  fc.record({ x: fc.double(), y: fc.double() }).map(({ x, y }) => new Point(x, y)),
  fc.bigInt().map((cents) => new Money(cents, 'EUR')),
  text.map((id) => new Id(id)),
  text.map((message) => new TypeError(message)),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
)

const key = text.filter((name) => name !== '__proto__')

/** Something that holds others, empty yet, and how it takes them. */
interface Shell {
  value: object
  fill(others: readonly unknown[], keys: readonly string[]): void
}

const plainShells: readonly (() => Shell)[] = [
  () => shell([] as unknown[], (array, others) => array.push(...others)),
  () =>
    shell([] as unknown[], (array, others) =>
      Object.assign(
        array,
        at(others, (index) => `${index * 3}`),
      ),
    ),
  () =>
    shell({}, (record, others, keys) =>
      Object.assign(
        record,
        at(others, (index) => keys[index] ?? ''),
      ),
    ),
  () =>
    shell(Object.create(null), (record, others, keys) =>
      Object.assign(
        record,
        at(others, (index) => keys[index] ?? ''),
      ),
    ),
  () => shell(new Set(), (set, others) => addAll(set, others)),
  () => shell(new Map(), (map, others, keys) => setAll(map, others, (_, index) => keys[index])),
  () => shell(new Map(), (map, others) => setAll(map, others, (other) => other)),
]

const ourShells: readonly (() => Shell)[] = [
  () => shell(new Link(1), (link, others) => Object.assign(link, { next: others })),
  () => shell(new Link(2), (link, [other]) => Object.assign(link, { next: other })),
  () => shell(new Account(), (account, others) => account.fill(new Money(1n, 'X'), others[0])),
  () =>
    shell(new Bag(), (bag, others) =>
      setAll(
        bag,
        others.map((_, index) => index),
        (_, index) => others[index],
      ),
    ),
  () => shell(new Stack(), (stack, others) => stack.push(...others)),
  () => shell(new Error('shell', { cause: 0 }), (error, [cause]) => Object.assign(error, { cause })),
  () => shell(new RangeError('shell'), (error, others) => Object.assign(error, { details: others })),
]

function at(others: readonly unknown[], name: (index: number) => string): Record<string, unknown> {
  return Object.fromEntries(others.map((other, index) => [name(index), other]))
}

function addAll(set: Set<unknown>, others: readonly unknown[]): void {
  for (const other of others) set.add(other)
}

function setAll<V>(map: Map<unknown, V>, values: readonly V[], keyOf: (value: V, index: number) => unknown): void {
  values.forEach((value, index) => {
    map.set(keyOf(value, index), value)
  })
}

function shell<T extends object>(
  value: T,
  fill: (value: T, others: readonly unknown[], keys: readonly string[]) => unknown,
): Shell {
  return { value, fill: (others, keys) => void fill(value, others, keys) }
}

/** Graphs of up to `size` holders that share leaves and each other, cycles included. */
function graphsOf(shells: readonly (() => Shell)[], leaf: fc.Arbitrary<unknown>, size: number): fc.Arbitrary<unknown> {
  const holder = fc.record({
    kind: fc.nat({ max: shells.length - 1 }),
    // Below zero a leaf, else a holder.
    takes: fc.array(fc.integer({ min: -8, max: size - 1 }), { maxLength: 5 }),
    keys: fc.array(key, { minLength: 5, maxLength: 5 }),
  })
  return fc
    .record({
      leaves: fc.array(leaf, { minLength: 8, maxLength: 8 }),
      holders: fc.array(holder, { minLength: size, maxLength: size }),
    })
    .map(({ leaves, holders }) => {
      const made = holders.map(({ kind }) => (shells[kind] as () => Shell)())
      holders.forEach(({ takes, keys }, at) => {
        made[at]?.fill(
          takes.map((take) => (take < 0 ? leaves[-take - 1] : made[take]?.value)),
          keys,
        )
      })
      return made[0]?.value
    })
}

/** Graphs of what devalue knows too. */
export const plainGraphs = fc.oneof(plainLeaf, graphsOf(plainShells, plainLeaf, 8))

/** Graphs of everything that travels. */
export const graphs = fc.oneof(
  plainLeaf,
  ourLeaf,
  graphsOf([...plainShells, ...ourShells], fc.oneof(plainLeaf, ourLeaf), 10),
)

/** Lists of instances, each of which `decode` builds from the one before. */
export const chains = fc
  .array(plainLeaf, { minLength: 1, maxLength: 20 })
  .map((leaves) => leaves.reduce<unknown>((next, leaf, label) => new Knot(label, [next, leaf]), undefined))
