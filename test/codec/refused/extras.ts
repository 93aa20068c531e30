import { accessor, refused, withProperty } from './refusal.ts'

const extra = { value: 'extra' }
const hidden = { value: 'hidden', enumerable: false }
const symbol = Symbol('extra')

const builtIns: readonly [name: string, make: () => object][] = [
  ['an array', () => [1]],
  ['a Map', () => new Map()],
  ['a Set', () => new Set()],
  ['a Date', () => new Date(0)],
  ['a RegExp', () => /a/],
  ['a URL', () => new URL('a:b')],
  ['URLSearchParams', () => new URLSearchParams()],
  ['an ArrayBuffer', () => new ArrayBuffer(1)],
  ['a short Uint8Array', () => new Uint8Array(4)],
  ['a long Uint8Array', () => new Uint8Array(100_000)],
  ['a long Float64Array', () => new Float64Array(10_000)],
  ['a short Buffer', () => Buffer.alloc(4)],
  ['a long Buffer', () => Buffer.alloc(100_000)],
  ['a part of a long Buffer', () => Buffer.alloc(100_000).subarray(7)],
  ['a DataView', () => new DataView(new ArrayBuffer(4))],
  ['a long DataView', () => new DataView(new ArrayBuffer(4000))],
  ['a boxed Number', () => Object(1)],
  ['a boxed String', () => Object('abc')],
  ['a DOMException', () => new DOMException()],
]

// Where the codec cannot name what was added without listing a view's elements, the path ends at the view.
const pathOf = (name: string, property: string): string => (/long (?!DataView)/.test(name) ? '$' : `$.${property}`)

/** State that an entry of the format has no room for. */
export const extras = [
  ...builtIns.flatMap(([name, make]) => [
    ...refused('EXTRA_PROPERTY', [
      [`${name} with a property`, () => withProperty(make(), 'extra', extra), pathOf(name, 'extra')],
      [`${name} with a hidden property`, () => withProperty(make(), 'hidden', hidden), pathOf(name, 'hidden')],
      [`${name} with an accessor`, () => withProperty(make(), 'trap', accessor), pathOf(name, 'trap')],
      [
        `${name} with a method of its own`,
        () => withProperty(make(), 'toString', { value: () => '"' }),
        pathOf(name, 'toString'),
      ],
    ]),
  ]),
  ...refused('EXTRA_PROPERTY', [
    [
      'a Date with its own toISOString',
      () => withProperty(new Date(0), 'toISOString', { value: () => '","x"' }),
      '$.toISOString',
    ],
    ['a RegExp with its own flags', () => withProperty(/a/, 'flags', { value: '","x"' }), '$.flags'],
    ['a Map with its own forEach', () => withProperty(new Map(), 'forEach', { value: () => {} }), '$.forEach'],
    [
      'a long view with its own length',
      () => withProperty(new Uint8Array(9000), 'length', { ...accessor, enumerable: false }),
      '$.length',
    ],
    [
      'a long view with its own constructor',
      () => withProperty(new Uint8Array(9000), 'constructor', { ...accessor, enumerable: false }),
      '$.constructor',
    ],
    ['a property of an array beyond the indices', () => withProperty([], '4294967295', extra), '$["…"]'],
    ['a hidden element', () => withProperty([1, 2], 1, hidden), '$[1]'],
    ['a hidden property of an object', () => withProperty({}, 'hidden', hidden), '$.hidden'],
    [
      'a hidden property of an object without a prototype',
      () => withProperty(Object.create(null), 'hidden', hidden),
      '$.hidden',
    ],
    ['a hidden property of an error', () => withProperty(new Error('x'), 'hidden', hidden), '$.hidden'],
    ['a match of a regular expression', () => ['a'].map((text) => /(a)/.exec(text))[0], '$.groups'],
    ['the strings of a template', () => ((strings: TemplateStringsArray) => strings)`ab`, '$.raw'],
    ['a String with an index of its own', () => withProperty(Object('ab'), '5', extra), '$.length'],
  ]),
  ...builtIns
    .filter(([name]) => !/Array|Buffer|View/.test(name))
    .flatMap(([name, make]) =>
      refused('UNSUPPORTED_VALUE', [[`${name} with a symbol as a key`, () => withProperty(make(), symbol, extra)]]),
    ),
  ...builtIns
    .filter(([name]) => /Uint8|Float64|Buffer|View/.test(name) && name !== 'an ArrayBuffer')
    .flatMap(([name, make]) =>
      refused('EXTRA_PROPERTY', [[`${name} with a symbol as a key`, () => withProperty(make(), symbol, extra)]]),
    ),
  ...refused('UNSUPPORTED_VALUE', [
    ['a spoofed tag on an object', () => ({ [Symbol.toStringTag]: 'Date' })],
    ['a spoofed tag on a Map', () => withProperty(new Map(), Symbol.toStringTag, { value: 'Set' })],
    ['a hidden symbol as a key', () => withProperty({}, symbol, hidden)],
    ['an iterator of its own on an array', () => withProperty([1], Symbol.iterator, { value: () => {} })],
    ['a property named __proto__', () => JSON.parse('{"a":{"__proto__":1}}').a, '$.__proto__'],
    ['a RegExp whose lastIndex is no position', () => Object.assign(/a/, { lastIndex: -1 }), '$.lastIndex'],
    ['a RegExp whose lastIndex is an object', () => Object.assign(/a/, { lastIndex: {} }), '$.lastIndex'],
    [
      'a URL and its searchParams together',
      () => {
        const url = new URL('https://a.b/?c=1')
        return { url, search: url.searchParams }
      },
      '$.search',
    ],
  ]),
  ...refused('ACCESSOR', [
    ['a getter of an object', () => ({ a: withProperty({}, 'now', accessor) }), '$.a.now'],
    ['a getter of an object without a prototype', () => withProperty(Object.create(null), 'now', accessor), '$.now'],
    ['a setter alone', () => withProperty({}, 'set', { set() {} }), '$.set'],
    ['a getter of an array', () => withProperty([0, 1], 1, accessor), '$[1]'],
    ['a setter alone, of an array', () => withProperty([0, 1], 0, { set() {} }), '$[0]'],
    ['a getter in a sparse array', () => withProperty(Array(5000), 4000, accessor), '$[4000]'],
    ["a getter in an error's own fields", () => withProperty(new Error('x'), 'detail', accessor), '$.detail'],
    [
      "a getter for an error's message",
      () => withProperty(new Error('x'), 'message', { ...accessor, enumerable: false }),
      '$.message',
    ],
  ]),
]
