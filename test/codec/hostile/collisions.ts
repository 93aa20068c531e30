import { craft, craftDoubles, craftLongs } from './craft-collisions.ts'
import { bodies, entries, type Hostile, harmless, range } from './hostile.ts'

const count = 32_000

const integers = craft(count)
const doubles = craftDoubles(20_000)
const longs = craftLongs(20_000)
const setOf = (texts: readonly string[]) => `[["Set",${range(1, texts.length)}],${texts.join()}]`
const mapOf = (texts: readonly string[]) => `[["Map",${entries(1, texts.length, (at) => `${at},-1`)}],${texts.join()}]`
const named = `[{${integers.map((key) => `"${key}":1`).join()}},5]`
const texts = (numbers: readonly number[]) => numbers.map(String)
const bigints = (values: readonly bigint[]) => values.map((value) => `["BigInt","${value}"]`)

/** The same members in many Sets, each of which is under what one may cost. */
function manySets(sets: number, members: number): string {
  return `[[${range(1, sets)}],${entries(1, sets, () => `["Set",${range(sets + 1, sets + members)}]`)},${texts(integers.slice(0, members)).join()}]`
}

/** Numbers that V8 hashes into one bucket, wherever something might put them into a Map, a Set or an object. */
export const collisions: Hostile[] = [
  ...bodies('LIMIT_EXCEEDED', [
    ['integers in a Set', setOf(texts(integers)), '$'],
    ['integers in a Set, for a schema of Sets', setOf(texts(integers)), '$', 'numbers'],
    ['integers as keys of a Map', mapOf(texts(integers)), '$'],
    ['negative integers in a Set', setOf(texts(integers.map((key) => ~key ^ -1).map((key) => key | 0))), '$'],
    ['doubles in a Set', setOf(texts(doubles)), '$'],
    ['doubles as keys of a Map', mapOf(texts(doubles)), '$'],
    ['bigints in a Set', setOf(bigints(longs)), '$'],
    ['bigints as keys of a Map', mapOf(bigints(longs)), '$'],
    ['bigints that differ above 64 bits alone', setOf(bigints(longs.map((_, at) => (BigInt(at) << 64n) + 7n))), '$'],
    [
      'integers among texts',
      setOf([...texts(integers.slice(0, 20_000)), ...texts(integers.slice(0, 20_000)).map((one) => `"${one}"`)]),
      '$',
    ],
    ['a Set under a name', `[{"of":1},["Set",${range(2, 1 + count)}],${texts(integers).join()}]`, '$.of'],
    ['the same integers in 50 Sets', manySets(50, 4_000), '$[48]'],
    ['integers as names of properties', named, '$'],
    ['integers as names of properties, for a schema of any names', named, '$', 'records'],
    [
      'integers as names of an object without a prototype',
      `[["null",${integers.map((key) => `"${key}",1`).join()}],5]`,
      '$',
    ],
    [
      'integers as names of fields',
      `[["point@1",1],${named.slice(1)}`.replace(/":1\b/g, '":2').replace(',5]', ',5]'),
      '$',
    ],
    [
      "integers in the list that a class's own code builds from",
      `[["stack@1",1],[${range(2, 1 + count)}],${texts(integers).join()}]`,
      '$',
    ],
    [
      'integers as names of what an error has',
      `[["Error",1],{"own":2},${named.slice(1).replace(/":1\b/g, '":3')}`,
      '$',
    ],
  ]),
  // The other encoding writes an object of any names as its names and values.
  {
    name: 'integers as names in fields/1',
    text: `{"brine":1,"kind":"value","encoding":"fields/1","body":["{*}",[${integers.length},${integers.map((key) => `"${key}",1`).join()}]]}`,
    code: 'LIMIT_EXCEEDED',
    path: '$',
  },
  {
    name: "integers in the list that a class's own code builds from, in fields/1",
    text: `{"brine":1,"kind":"value","encoding":"fields/1","body":["stack@1=[*]",[${integers.length},${integers.join()}]]}`,
    code: 'LIMIT_EXCEEDED',
    path: '$',
  },
  ...harmless([
    [
      "one integer many times in the list that a class's own code builds from",
      `[["stack@1",1],[${Array.from({ length: 40_000 }, () => 2).join()}],70000]`,
    ],
    ['integers in an array', `[[${range(1, count)}],${texts(integers).join()}]`],
    ['integers as texts in a Set', setOf(texts(integers).map((one) => `"${one}"`))],
    [
      'texts of integers that V8 hashes by their value',
      setOf(texts(Array.from({ length: 2_000 }, (_, at) => at * 8_192)).map((one) => `"${one}"`)),
    ],
    ['indices far apart as names of properties', `[{${entries(1, 30_000, (at) => `"${at * 100_003}":1`)}},5]`],
    ['few enough integers to be no burden', setOf(texts(integers.slice(0, 250)))],
    ['40,000 integers in a row', setOf(texts(Array.from({ length: 40_000 }, (_, at) => at)))],
    ['30,000 moments in a Set', setOf(texts(Array.from({ length: 30_000 }, (_, at) => 1_795_000_000_000 + at * 977)))],
    ['20,000 bigints in a row', setOf(bigints(Array.from({ length: 20_000 }, (_, at) => BigInt(at))))],
    [
      '20,000 ids of 64 bits',
      setOf(bigints(Array.from({ length: 20_000 }, (_, at) => (BigInt(at) << 22n) + (1_795n << 50n)))),
    ],
  ]),
]

/** The same for who encodes: values, and whether they travel. */
export const collidingValues: readonly [name: string, value: () => unknown, travels: boolean][] = [
  ['a Set of crafted integers', () => new Set(integers.slice(0, 8_000)), false],
  ['a Map of crafted integers', () => new Map(integers.slice(0, 8_000).map((key) => [key, key])), false],
  ['a Set of crafted bigints', () => new Set(longs.slice(0, 8_000)), false],
  ['a Set of crafted doubles', () => new Set(doubles.slice(0, 8_000)), false],
  ['an array of crafted integers', () => integers, true],
  ['an object of crafted integers', () => Object.fromEntries(integers.map((key) => [key, key])), false],
  ['an array of crafted bigints', () => longs, true],
]
