import { bodies } from './hostile.ts'

const repeat = (text: string, times: number): string => text.repeat(times)

/** Bodies and entries that are not what a walk could have left behind. */
export const shapes = [
  ...bodies('TEXT_INVALID', [
    // Bodies that are no list of entries.
    ...['null', 'true', 'false', '""', '"[1]"', '{}', '{"0":1,"length":1}', '[]'],
    // Numbers that are no special value: devalue reads some of these as undefined.
    ...['0', '1', '-2', '-7', '-8', '-1.5', '0.5', '1e400', '-1e400', '-0', '1e2'],
    // Indices that name no entry.
    ...['[[1]]', '[[-8]]', '[[0.5]]', '[[-0]]', '[[1e9]]', '[[9007199254740993]]', '[[1e400]]', '[[4294967296]]'],
    ...[
      '[["x"]]',
      '[[null]]',
      '[[true]]',
      '[[[]]]',
      '[[{}]]',
      '[{"a":"b"}]',
      '[{"a":null}]',
      '[{"a":[]}]',
      '[{"a":-2}]',
    ],
    ...['[{"a":-7}]', '[{"a":1.0000001},"x"]', '[{"a":-1.5}]', '[[-7,1,0,-2]]', '[["Set",-2]]', '[["Map",-2,-1]]'],
    ...['[["Set","1"],1]', '[["Map","1","1"],1]', '[["null","a","1"],1]'],
    // Entries that none before them names.
    ...[
      '[1,2]',
      '["a","b"]',
      '[[],[]]',
      '[[2],"a","b"]',
      '[{"a":1},"x","y"]',
      '[[],[1]]',
      '[[],{"a":1}]',
      '["x",["Date",""]]',
    ],
    ...['[[2],[1],1]', '[-1,1]', '[["Date",""],1]'],
    // Numbers that JSON has, and a writer never writes.
    ...['[1e400]', '[-1e400]', '[-0]', '[[1],-0]', '[[1],1e999]'],
    // Names that reach prototypes.
    ...['[{"__proto__":1},"x"]', '[{"__proto__":0}]', '[{"a":1,"__proto__":2},1,{}]', '[["null","__proto__",1],1]'],
    ...[
      '[{"a":1},{"__proto__":2},[]]',
      '[["point@1",1],{"__proto__":2},1]',
      '[["Error",1],{"own":2},{"__proto__":3},1]',
    ],
    // Objects without a prototype whose names do not add up.
    ...[
      '[["null","a"]]',
      '[["null",1,1],1]',
      '[["null","a",1,"a",1],1]',
      '[["null","a",1,"b"],1]',
      '[["null",null,-1]]',
    ],
    // Sparse arrays.
    ...[
      '[[-7]]',
      '[[-7,1.5]]',
      '[[-7,-1]]',
      '[[-7,"3"]]',
      '[[-7,null]]',
      '[[-7,3,0]]',
      '[[-7,3,3,-1]]',
      '[[-7,3,-1,-1]]',
    ],
    ...[
      '[[-7,3,1,-1,0,-1]]',
      '[[-7,3,1,-1,1,-1]]',
      '[[-7,3,0.5,-1]]',
      '[[-7,3,"0",-1]]',
      '[[-7,-0]]',
      '[[-7,3,-0,-1]]',
    ],
    ...['[[-7,3,null,-1]]', '[[-7,3,0,5]]'],
    // Maps and Sets.
    ...['[["Map",1],"k"]', '[["Map",1,2,1],"k","v"]', '[["Map",1,2,3,2],"k","v","k"]', '[["Map",-3,1,-3,1],1]'],
    ...[
      '[["Set",1,1],"k"]',
      '[["Set",1,2],"k","k"]',
      '[["Set",-1,-1]]',
      '[["Set",-3,-3]]',
      '[["Set",1,2],1,1]',
      '[["Set",0,0]]',
    ],
    ...[
      '[["Map",0,-1,0,-1]]',
      '[["Set",1,-6],0]',
      '[["Map",1,1,-6,1],0]',
      '[["Set",1,2],["BigInt","1"],["BigInt","1"]]',
    ],
    // Entries named twice by what cannot share them.
    ...[
      '[["Object",1],["Object",2],1]',
      '[["Object",0]]',
      '[["Object",1],[]]',
      '[["Object",1],{}]',
      '[["Object",1],null]',
    ],
    ...[
      '[["Object",-1]]',
      '[["Object",-2]]',
      '[["Object",-7]]',
      '[["Object"]]',
      '[["Object",1,1],1]',
      '[["Object","a"]]',
    ],
    ...['[["Object",1],["Date",""]]', '[["Object",5]]', '[["Object",1],["BigInt","x"]]'],
  ]),
  ...bodies('TEXT_INVALID', [
    ['100,000 lists in each other', `${repeat('[', 100_000)}${repeat(']', 100_000)}`],
    ['100,000 objects in each other', `[${repeat('{"a":', 100_000)}1${repeat('}', 100_000)}]`],
    ['100,000 lists in an object', `[{"a":${repeat('[', 100_000)}${repeat(']', 100_000)}}]`],
    ['a tag that is 100,000 lists', `[["Date",${repeat('[', 100_000)}${repeat(']', 100_000)}]]`],
  ]),
  ...bodies('LIMIT_EXCEEDED', [
    ['a sparse array of four billion', '[[-7,4294967295]]'],
    ['a sparse array of more than the limit', '[[-7,100001]]'],
    ['a sparse array that is longer than arrays can be', '[[-7,4294967296,4294967295,-1]]'],
    ['holes above the limit', '[[-7,10001]]'],
    ['holes above the limit, each written', `[[${Array(10_001).fill(-2).join()}]]`],
    ['a list above the limit', `[[${Array(100_001).fill(1).join()}],1]`],
    [
      'entries above the limit',
      `[[${Array.from({ length: 50_001 }, (_, at) => at + 1).join()}],${Array(50_001).fill(1).join()}]`,
    ],
    [
      'more levels than the limit',
      `[${Array.from({ length: 1501 }, (_, at) => `[${at + 1}]`).join()},1]`.replace(',[1501],1]', ',[1501],[]]'),
    ],
    [
      'more levels than the limit, by keys of Maps',
      `[${Array.from({ length: 1501 }, (_, at) => `["Map",${at + 1},-1]`).join()},{}]`,
    ],
    ['a bigint above the limit', `[["BigInt","${'9'.repeat(4097)}"]]`],
    ['a million digits', `[["BigInt","-${'9'.repeat(1_000_000)}"]]`],
    ['bytes above the limit', `[["ArrayBuffer","${'A'.repeat(1_398_104)}"]]`],
    ['a text above the limit', `["${'x'.repeat(1_100_000)}"]`],
  ]),
]
