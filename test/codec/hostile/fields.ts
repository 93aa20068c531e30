import type { BrineErrorCode } from '../../../src/errors.ts'
import type { Hostile } from './hostile.ts'

const rows = (code: BrineErrorCode, texts: readonly string[]): Hostile[] =>
  texts.map((body) => ({
    name: body.length > 100 ? `${body.slice(0, 100)}…` : body,
    ...{ body, encoding: 'fields/1' },
    text: `{"brine":1,"kind":"value","encoding":"fields/1","body":${body}}`,
    code,
  }))

const person = (values: string) => `["person@1(name,age)",${values}]`
const recursion = `["versioned@3(value:${'['.repeat(120)}*${']'.repeat(120)})",[]]`

/** Bodies of fields/1 that no writer wrote. */
export const fields = [
  ...rows('TEXT_INVALID', [
    // No layout with its values.
    ...['null', '1', '{}', '[]', '["*"]', '[["*"],[1]]', '["*",[1],1]', '["*",{}]', '["*",1]', '[1,[1]]', '"*"', '-1'],
    // Layouts that have no meaning, or another way to write one.
    ...['["",[1]]', '["x",[1]]', '["**",[1,1]]', '[" *",[1]]', '["(a:*)",[1]]', '["(a,a)",[1,1]]', '["(a",[1]]'],
    ...['["(,a)",[1]]', '["(a,)",[1]]', '["(a??)",[1]]', '["(__proto__)",[1]]', '["(a b)",[1]]', '["(a:)",[1]]'],
    ...['["[",[0]]', '["[*",[0]]', '["[]",[0]]', '["<*,*,*>",[0]]', '["[;*;]",[1]]', '["[*;*]",[1,1]]', '["(|)",[0]]'],
    ...['["person@1",["a",1]]', '["person@1=(name,age)",["a",1]]', '["person@1*",[1]]', '["person@0(a)",[1]]'],
    ...['["person@01(a)",[1]]', '["@1(a)",[1]]', '["[;person@1(a);person@1(a)]",[1,1]]', '["~",[0]]', recursion],
    // Too few values, and too many.
    ...[person('[]'), person('["a"]'), person('["a",1,1]'), '["*",[]]', '["*",[1,1]]', '["[*]",[2,1]]', '["()",[1]]'],
    // Values of another kind than their layout says.
    ...[
      '["*",[[]]]',
      '["*",[{}]]',
      '["d",["1970-01-01T00:00:00.000Z"]]',
      '["d",[null]]',
      '["d",[0.5]]',
      '["d",[9e15]]',
    ],
    ...[
      '["d",[-0]]',
      '["n",["1"]]',
      '["n",["01"]]',
      '["n",["x"]]',
      '["n",[1.5]]',
      '["n",[-0]]',
      '["n",[9007199254740993]]',
    ],
    ...['["n",["9007199254740991"]]', '["n",["1e400"]]', '["n",[true]]', '["*",[-0]]', '["*",[1e400]]'],
    // Choices and numbers of elements that there are not.
    ...[
      '["~d",[2,0]]',
      '["~d",[-1,0]]',
      '["~d",[true,0]]',
      '["~d",[-0]]',
      '["(a?)",[3]]',
      '["(a?)",[1]]',
      '["(a?)",["1",1]]',
    ],
    ...[
      '["(|d|n)",[2,0]]',
      '["(|d|n)",["0",0]]',
      '["(|d|n)",[0.5,0]]',
      '["[*]",[-1]]',
      '["[*]",["1",1]]',
      '["<*>",[null]]',
    ],
    ...['["[*]",[1.5,1]]', '["{*}",[1,1,1]]', '["{*}",[2,"a",1,"a",1]]', '["{*}",[1,"__proto__",1]]'],
    ...['["<*>",[2,1,1]]', '["<*,*>",[2,1,1,1,1]]'],
    `["stack@1=[stack@1]",[${'1,'.repeat(1_000)}0]]`,
    '["stack@1=stack@1",[]]',
  ]),
  ...rows('LIMIT_EXCEEDED', [
    '["[*]",[100001]]',
    '["[()]",[60000]]',
    `["[[()]]",[100${',1000'.repeat(100)}]]`,
    `["n",["${'9'.repeat(5_000)}"]]`,
    `["<()>",[60000]]`,
  ]),
  ...rows('TAG_UNKNOWN', ['["stranger@1(a)",[1]]', '["[Date@1=*]",[1,""]]', '["(|*|stranger@1(a))",[1,1]]']),
  ...rows('VERSION_NEWER', ['["person@2(name,age)",["a",1]]', '["versioned@4(value)",["x"]]']),
  ...rows('VERSION_OLDER', ['["versioned@1(old)",["x"]]']),
  ...rows('FIELDS_INVALID', [
    ...[
      person('[1,1]'),
      person('["a",null]'),
      '["person@1(name)",["a"]]',
      '["person@1=*",["a"]]',
      '["person@1=d",[0]]',
    ],
    '["person@1(name,age:d)",["a",0]]',
  ]),
  ...rows('EXTRA_PROPERTY', ['["person@1(name,age,more)",["a",1,1]]', '["person@1(age,name,constructor)",[1,"a",1]]']),
]
