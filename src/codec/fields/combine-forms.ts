import { type Form, isPlain, type Plain } from './form.ts'

/** One of these values, where JSON holds each. */
export function oneOf(values: ReadonlySet<unknown> | undefined): Form | undefined {
  if (values === undefined || ![...values].every(isPlain)) return undefined
  return { kind: 'plain', test: (value): value is Plain => isPlain(value) && values.has(value) }
}

/**
 * Whether an alternative that stands before the one whose form takes a value may take it all the same: an object drops what it does
 * not declare, and takes instances of any class.
 */
export function mayTakeLess(of: readonly Form[]): boolean {
  const first = of.findIndex(holdsObject)
  return first !== -1 && of.slice(first + 1).some(({ kind }) => kind !== 'plain' && kind !== 'bigint')
}

function holdsObject(form: Form): boolean {
  switch (form.kind) {
    case 'object':
      return true
    case 'list':
    case 'set':
    case 'dictionary':
    case 'nullable':
      return holdsObject(form.of)
    case 'map':
      return holdsObject(form.key) || holdsObject(form.value)
    case 'tuple':
    case 'either':
      return form.of.some(holdsObject)
    default:
      return false
  }
}

export function nullableOf(of: Form): Form {
  if (of.kind !== 'plain') return { kind: 'nullable', of }
  const { test } = of
  return { kind: 'plain', test: (value): value is Plain => value === null || test(value) }
}

/** One of these forms: of plain ones, one test. */
export function eitherOf(of: readonly Form[]): Form {
  const tests = of.flatMap((form) => (form.kind === 'plain' ? [form.test] : []))
  if (tests.length < of.length) return { kind: 'either', of }
  return { kind: 'plain', test: (value): value is Plain => tests.some((test) => test(value)) }
}
