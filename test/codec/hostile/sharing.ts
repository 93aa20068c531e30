import { bodies, entries, type Hostile, harmless, repeat } from './hostile.ts'

/** So many levels that each name the next one twice: 2 to the power of `levels` ways lead to the last one. */
function doubled(levels: number, level: (next: number) => string, last: string): string {
  return `[${entries(1, levels, level)},${last}]`
}

const lists = (last: string) => doubled(28, (next) => `[${next},${next}]`, last)
const records = (last: string) => doubled(28, (next) => `{"left":${next},"right":${next}}`, last)
/** A list of `rows` references to one list of `columns` references to one number. */
const matrix = (rows: number, columns: number) =>
  `[[${repeat('1,', rows).slice(0, -1)}],[${repeat('2,', columns).slice(0, -1)}],7]`
const cube = (side: number) =>
  `[[${repeat('1,', side).slice(0, -1)}],[${repeat('2,', side).slice(0, -1)}],[${repeat('3,', side).slice(0, -1)}],7]`

/** Instances that each hold the one list which stands behind them all. */
function instances(count: number, elements: number): string {
  const list = 1 + 2 * count
  return `[[${entries(0, count - 1, (at) => `${1 + 2 * at}`)}],${entries(0, count - 1, (at) => `["lists@1",${2 + 2 * at}],{"list":${list}}`)},[${repeat(`${list + 1},`, elements).slice(0, -1)}],7]`
}

/** Schemas that hand the value, or one of their own, to another. */
const behind = ['prepared', 'coded', 'transformed', 'caught'] as const

/** What is small as a graph, and has no end as a tree. */
export const sharing: Hostile[] = [
  ...harmless([
    ['28 levels of lists', lists('7')],
    ['28 levels of lists, of anything', lists('7'), undefined, 'anything'],
    ['28 levels of objects', records('{}')],
    ['28 levels of objects, as a tree', records('{}'), undefined, 'tree'],
    ['28 levels of objects, where defaults are filled in', records('{}'), undefined, 'counted'],
    ['28 levels of lists, for a schema of nothing', lists('7'), undefined, 'unknown'],
    ['28 levels of Maps', doubled(28, (next) => `["Map",-1,${next},-3,${next}]`, '7')],
    ['28 levels of objects without a prototype', doubled(28, (next) => `["null","a",${next},"b",${next}]`, '7')],
    [
      '28 levels of errors',
      doubled(56, (next) => (next % 2 === 1 ? `["Error",${next}]` : `{"cause":${next},"errors":${next}}`), '7'),
    ],
    ['28 levels of instances', links()],
    ['a ring of 1,000 lists', `[${entries(1, 1_000, (next) => `[${next % 1_000}]`)}]`],
    ['everybody knows everybody', `[${entries(0, 299, () => `[${entries(0, 299, String)}]`)}]`],
    [
      'everybody knows everybody, of anything',
      `[${entries(0, 199, () => `[${entries(0, 199, String)}]`)}]`,
      undefined,
      'anything',
    ],
    ['a long list of one', `[[${repeat('1,', 99_999)}1],[2],7]`, undefined, 'matrix'],
    ['1,000 rows that are one', matrix(1_000, 1_000), undefined, 'matrix'],
    ['50,000 rows that are one, for no schema', matrix(50_000, 50_000)],
    ['28 levels of lists behind a schema that is not asked of them', lists('7'), undefined, 'unknown'],
    ['instances that share a little', instances(1_000, 100)],
  ]),
  ...bodies('LIMIT_EXCEEDED', [
    ['50,000 rows that are one, each of which would be walked', matrix(50_000, 50_000), '$', 'matrix'],
    ['a cube that is three lists', cube(2_000), '$', 'cube'],
    ['a cube that is three lists, behind a function', cube(1_000), '$', 'preparedCube'],
    ...behind.map((as) => [`28 levels of lists, each of which would be walked, ${as}`, lists('7'), '$', as] as const),
    ['28 levels of lists, which would be made a text', lists('7'), '$', 'text'],
    [
      '30,000 names, each of which would be compared with each',
      `[{${entries(0, 29_999, (at) => `"k${at}":1`)}},7]`,
      '$',
      'both',
    ],
    ['a long text that a list holds often', `[[${repeat('1,', 9_999)}1],"${repeat('a', 500_000)}"]`, '$', 'emails'],
    ['10,000 instances that share a list, each of which would be checked', instances(10_000, 40_000)],
    [
      'Maps of Maps of Sets',
      `[["Map",${entries(4, 1_503, (at) => `${at},1`)}],["Map",${entries(4, 1_503, (at) => `${at},2`)}],["Set",3],7,${entries(4, 1_503, (at) => `"${at}"`)}]`,
      '$',
      'maps',
    ],
    [
      'records that share a list',
      `[[${repeat('1,', 30_000)}1],{"a":2,"b":2},[${repeat('3,', 10_000)}3],"x"]`,
      '$',
      'records',
    ],
  ]),
  // One thing that is wrong stands in as many places as ways lead to it.
  ...bodies('VALUE_INVALID', [
    ['one wrong number under 28 levels', records('{"value":29},"x"'), `$${repeat('.left', 28)}.value`, 'tree'],
    [
      'one wrong number under 28 levels, where defaults are filled in',
      records('{"value":29},"x"'),
      `$${repeat('.left', 28)}.value`,
      'counted',
    ],
    ['one small number under 28 levels of pairs', pairs(), undefined, 'pair'],
    ['one wrong text under 28 levels of anything', lists('"x"'), undefined, 'anything'],
    [
      '40 levels, each of which two alternatives look into',
      `[${entries(1, 40, (next) => `{"of":${next},"kind":41}`)},null,3]`,
      '$',
      'expression',
    ],
    ['a wrong member of 28 levels of Sets', families(28), undefined, 'family'],
    ['100,000 wrong elements', `[[${repeat('1,', 99_999)}1],"X"]`, '$[0]', 'texts'],
    [
      'a million wrong elements in rows that are one',
      `[[${repeat('1,', 999)}1],[${repeat('2,', 999)}2],"x"]`,
      '$[0][0]',
      'matrix',
    ],
  ]),
]

function links(): string {
  // Each link holds a list that names the next one twice.
  const level = (at: number) =>
    `["link@1",${3 * at + 1}],{"label":85,"next":${3 * at + 2}},[${3 * at + 3},${3 * at + 3}]`
  return `[${Array.from({ length: 28 }, (_, at) => level(at)).join()},null,1]`
}

function pairs(): string {
  return `[${Array.from({ length: 28 }, (_, at) => `{"both":${2 * at + 1}},[${2 * at + 2},${2 * at + 2}]`).join()},{"value":57},1]`
}

/** The first of each level names the three of the next, of which the sound ones, which lead to all others, are searched first. */
function families(levels: number): string {
  const family = (at: number, kin: readonly number[], more = '') =>
    `{"kin":${at + 1}${more}},["Set"${kin.map((one) => `,${one}`).join('')}]`
  const all = [family(0, [4, 6, 2])]
  for (let at = 2; all.length < levels; at += 6) {
    const [first, second, third] = [at + 6, at + 8, at + 10]
    all.push(
      [family(at, [second, third, first]), family(at + 2, [second, third]), family(at + 4, [third, second])].join(),
    )
  }
  const end = 6 * levels - 4
  const value = end + 6
  return `[${all.join()},${family(end, [], `,"value":${value}`)},${family(end + 2, [])},${family(end + 4, [])},"x"]`
}
