import { bodies, type Hostile, harmless } from './hostile.ts'

const names = [
  ...['constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'toJSON', 'then', 'length'],
  ...['__defineGetter__', '__defineSetter__', '__lookupGetter__', 'toLocaleString', 'propertyIsEnumerable', 'inspect'],
]

/** Names that reach what a class has, and tags that name what nobody registered. */
export const prototypes: Hostile[] = [
  // Properties of plain objects are data, whatever they are called.
  ...harmless(names.map((name) => `[{"${name}":1},"hunter2-0451"]`)),
  ...harmless(names.map((name) => `[["null","${name}",1],"hunter2-0451"]`)),
  ...harmless(names.map((name) => `[["Map",1,2],"${name}",["null"]]`)),
  ...harmless([
    '[["Set",1],"__proto__"]',
    '[["Map",1,1],"__proto__"]',
    '["__proto__"]',
    '[["Map",1,2],"__proto__",{}]',
  ]),
  ...bodies('EXTRA_PROPERTY', [
    ...names.map(
      (name) => [`an instance with ${name}`, `[["point@1",1],{"x":2,"y":2,"${name}":2},1]`, `$.${name}`] as const,
    ),
    ...names.map(
      (name) =>
        [
          `an instance without its fields, with ${name}`,
          `[{"at":1},["guarded@1",2],{"level":3,"${name}":3},1]`,
          `$.at.${name}`,
        ] as const,
    ),
    [
      'fields that the model does not declare',
      '[["person@1",1],{"name":2,"age":3,"isAdmin":4},"hunter2-0451",20,true]',
      '$.isAdmin',
    ],
    [
      'fields of an object without a prototype',
      '[["point@1",1],["null","x",2,"y",2,"constructor",2],1]',
      '$.constructor',
    ],
  ]),
  ...bodies('TEXT_INVALID', [
    ['__proto__ of an instance', '[["point@1",1],{"x":2,"y":2,"__proto__":2},1]', '$'],
    [
      '__proto__ of an instance, deep',
      '[[1],["Map",2,3],7,["link@1",4],{"label":2,"next":5},{"__proto__":2}]',
      '$[0].value(0).next',
    ],
    ['__proto__ of a shared object', '[[1,1],{"__proto__":2},{"isAdmin":3},true]', '$[0]'],
    ['__proto__, escaped', '[{"\\u005f_proto__":1},{}]', '$'],
    ['__proto__ of an error', '[["Error",1],{"__proto__":2},{}]', '$'],
    ['__proto__ among what an error has', '[["Error",1],{"own":2},{"__proto__":3},{}]'],
    ['__proto__ of an object without a prototype', '[["null","__proto__",1],{}]', '$'],
    ['constructor of an error, hidden', '[["TypeError",1],{"constructor":2},"hunter2-0451"]', '$'],
  ]),
  ...bodies(
    'TAG_UNKNOWN',
    [
      'Object.prototype',
      'globalThis',
      'process',
      'require',
      'import',
      'Proxy',
      'Reflect',
      'Iterator',
      'GeneratorFunction',
      'AsyncFunction',
      'Temporal',
      'Intl',
      'WebAssembly',
      'Worker',
      'Blob',
      'FormData',
      'ReadableStream',
      'js/function',
      '$$ref',
      '_$$ND_FUNC$$_function',
      '!!js/function',
      '@type',
      '$type',
      'py/object',
      'person@1@1',
      'person\\u00001',
      'person@1e0',
      'person@+1',
      ' person@1',
      'PERSON@1',
    ].map((tag) => [`the tag ${tag}`, `[{"at":1},["${tag}",2],{"hunter2":3},"hunter2-0451"]`, '$.at'] as const),
  ),
  ...bodies(
    'TEXT_INVALID',
    [
      'Object',
      'Date',
      'RegExp',
      'URL',
      'ArrayBuffer',
      'Uint8Array',
      'BigInt',
      'Error',
      'Buffer',
      'DataView',
      'DOMException',
    ].map((tag) => [`the built-in ${tag} of a Set`, `[{"at":1},["${tag}",2],["Set"]]`] as const),
  ),
  ...bodies(
    'TAG_UNKNOWN',
    ['Date', 'Map', 'Set', 'Error', 'Array', 'Object', 'BigInt', 'Buffer', 'null'].map(
      (tag) => [`the built-in ${tag} as a model`, `[{"at":1},["${tag}@1",2],{}]`, '$.at'] as const,
    ),
  ),
]
