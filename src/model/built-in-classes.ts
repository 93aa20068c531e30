import { BrineError } from '../errors.ts'

const viewClasses = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]

export type ViewClass = (typeof viewClasses)[number] | DataViewConstructor

/** The views of bytes by their tags, which are their classes' names. */
export const views: ReadonlyMap<string, ViewClass> = new Map<string, ViewClass>([
  ...viewClasses.map((view) => [view.name, view] as const),
  ['DataView', DataView],
])

const errorClasses = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError]

export type ErrorClass = (typeof errorClasses)[number]

/** The built-in errors by their tags. devalue refuses them: they are BrineMQ's own, written as custom types are. */
export const errors: ReadonlyMap<string, ErrorClass> = new Map(errorClasses.map((error) => [error.name, error]))

/** The prototypes of what travels without a model. */
export const builtInPrototypes: ReadonlySet<object> = new Set(
  [
    ...[Object, Array, Map, Set, Date, RegExp, ArrayBuffer, Buffer, URL, URLSearchParams, DOMException, BrineError],
    ...[Number, String, Boolean, BigInt],
    ...views.values(),
    ...errorClasses,
  ].map(({ prototype }): object => prototype),
)

/** Every tag that a model may not take, because the format, or BrineMQ, gives it a meaning. */
export const builtInTags: ReadonlySet<string> = new Set([
  ...['Date', 'Set', 'Map', 'RegExp', 'Object', 'BigInt', 'null', 'ArrayBuffer', 'URL', 'URLSearchParams'],
  ...['Array', 'Buffer', 'DOMException', 'BrineError', 'Number', 'String', 'Boolean', 'Symbol', 'Function', 'Promise'],
  ...['SharedArrayBuffer', 'Float16Array', 'WeakMap', 'WeakSet', 'WeakRef', 'undefined', '__proto__'],
  ...[
    'Duration',
    'Instant',
    'PlainDate',
    'PlainTime',
    'PlainDateTime',
    'PlainMonthDay',
    'PlainYearMonth',
    'ZonedDateTime',
  ].map((name) => `Temporal.${name}`),
  ...views.keys(),
  ...errors.keys(),
])
