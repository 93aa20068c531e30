import { bodies, entries, type Hostile, harmless, range, repeat } from './hostile.ts'

const chain = (levels: number, level: (next: number) => string, last: string) =>
  `[${entries(1, levels, level)},${last}]`

/** Depth, in every way in which something might recurse. */
export const nesting: Hostile[] = [
  ...harmless([
    ['1,500 lists', chain(1_499, (next) => `[${next}]`, '[]')],
    ['1,500 objects', chain(1_499, (next) => `{"a":${next}}`, '{}')],
    [
      '1,000 levels for a schema that refers to itself',
      chain(999, (next) => `{"inner":${next}}`, 'null'),
      undefined,
      'levels',
    ],
    ['1,500 Sets', chain(1_499, (next) => `["Set",${next}]`, '7')],
    ['1,500 keys of Maps', chain(1_499, (next) => `["Map",${next},-1]`, '7')],
    ['700 causes', `[${entries(0, 699, (at) => `["Error",${2 * at + 1}],{"cause":${2 * at + 2}}`)},"x"]`],
    [
      '1,000 links',
      `[${entries(0, 999, (at) => `["link@1",${2 * at + 1}],{"label":2001,"next":${2 * at + 2}}`)},null,1]`,
    ],
    [
      '1,000 knots, each built by its constructor',
      `[${entries(0, 999, (at) => `["knot@1",${2 * at + 1}],{"label":2001,"next":${2 * at + 2}}`)},null,1]`,
    ],
    [
      'lists beside objects, which count once',
      `[${entries(0, 1_400, (at) => `{"list":${2 * at + 1}},[${2 * at + 2}]`)},7]`,
    ],
  ]),
  ...bodies('LIMIT_EXCEEDED', [
    [
      '20,000 levels that a list beside them makes look like two',
      `[[${range(1, 20_000)}],${entries(2, 20_000, (next) => `[${next}]`)},[]]`,
      '$',
      'anything',
    ],
    ['1,501 lists', chain(1_500, (next) => `[${next}]`, '[]'), `$${repeat('[0]', 1_500)}`],
    ['1,501 objects', chain(1_500, (next) => `{"a":${next}}`, '{}'), `$${repeat('.a', 1_500)}`],
    ['40,000 lists', chain(40_000, (next) => `[${next}]`, '[]')],
    ['40,000 Sets', chain(40_000, (next) => `["Set",${next}]`, '[]')],
    ['40,000 objects without a prototype', chain(30_000, (next) => `["null","a",${next}]`, '[]')],
    ['20,000 causes', `[${entries(0, 19_999, (at) => `["Error",${2 * at + 1}],{"cause":${2 * at + 2}}`)},"x"]`],
    [
      '20,000 links',
      `[${entries(0, 19_999, (at) => `["link@1",${2 * at + 1}],{"label":40001,"next":${2 * at + 2}}`)},null,1]`,
    ],
    [
      '1,400 levels of what a schema looks into in many ways',
      chain(1_400, (next) => `[${next}]`, '7'),
      '$',
      'anything',
    ],
  ]),
  ...bodies('TEXT_INVALID', [
    ['instances that are each other’s fields', '[["stack@1",1],["stack@1",2],["stack@1",0]]', '$'],
  ]),
  ...bodies('FIELDS_INVALID', [
    ['1,000 instances, each the fields of the one before', `[${entries(1, 1_000, (next) => `["id@1",${next}]`)},5]`],
  ]),
]
