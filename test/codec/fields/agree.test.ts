import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEnvelopeCodec } from '../../../src/codec/envelope-codec.ts'
import { BrineError } from '../../../src/errors.ts'
import { createValidator, type Validator } from '../../../src/schema/validate.ts'
import { devalueBody } from '../devalue-body.ts'
import { difference } from '../difference.ts'
import { envelope } from '../hostile/hostile.ts'
import { cases, junk } from './cases.ts'
import { models } from './models.ts'
import { older } from './older.ts'

const codec = createEnvelopeCodec({ models })
const place = { kind: 'value' } as const
const failure = { code: 'VALUE_INVALID' } as const
const runs = { numRuns: 1500 }

type Outcome = { value: unknown } | { code: string; path: string | undefined }

function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() }
  } catch (error) {
    if (!(error instanceof BrineError)) throw error
    return { code: error.code, path: error.path }
  }
}

function same(one: Outcome, other: Outcome): void {
  if ('value' in one && 'value' in other) expect(difference(one.value, other.value)).toBeUndefined()
  else expect(one).toEqual(other)
}

function read(text: string, validator: Validator): unknown {
  const { value, checked } = codec.decode(text, place, validator)
  return checked ? value : validator.readOutputSync(value, failure).value
}

/** Read by nobody's plan: with white space the text is no longer the one that this build would have written. */
const respaced = (text: string) => text.replace('{', '{ ')

const given = cases.chain(({ schema, values }) => fc.record({ schema: fc.constant(schema), value: values }))

test('what both encodings carry is the same, and so is what neither does', () => {
  let byFields = 0
  fc.assert(
    fc.property(given, ({ schema, value }) => {
      const validator = createValidator(schema)
      const general = outcomeOf(() => {
        validator.checkInputSync(value, failure)
        return envelope(devalueBody(value, models, schema))
      })
      const written = outcomeOf(() => codec.encodeChecked(value, place, { validator, failure }))
      if (!('value' in written) || !('value' in general)) {
        same(general, written)
        return
      }
      const [one, other] = [String(general.value), String(written.value)]
      if (other.includes('"encoding":"fields/1"')) byFields += 1
      const result = outcomeOf(() => read(one, validator))
      same(
        result,
        outcomeOf(() => read(other, validator)),
      )
      same(
        result,
        outcomeOf(() => read(respaced(other), validator)),
      )
      expect(difference(codec.decode(one, place).value, codec.decode(respaced(other), place).value)).toBeUndefined()
    }),
    runs,
  )
  // Otherwise nothing was shown.
  expect(byFields).toBeGreaterThan(300)
})

test('what is wrong within a value is refused alike, with the path', () => {
  const broken = fc.tuple(given, junk, fc.nat()).map(([{ schema, value }, wrong, where]) => {
    return { schema, value: replaced(value, wrong, { left: where % 12 }) }
  })
  fc.assert(
    fc.property(broken, ({ schema, value }) => {
      const validator = createValidator(schema)
      const text = (written: string) => ({ value: typeof written })
      same(
        outcomeOf(() => {
          validator.checkInputSync(value, failure)
          return text(devalueBody(value, models, schema)).value
        }),
        outcomeOf(() => text(String(codec.encodeChecked(value, place, { validator, failure }))).value),
      )
    }),
    runs,
  )
})

test('a text that was tampered with is refused, or read, as any other text is', () => {
  const tampered = fc.tuple(given, fc.nat(), fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 0, 1, 2, 3, 1e9, 0.5)))
  fc.assert(
    fc.property(tampered, ([{ schema, value }, where, wrong]) => {
      const validator = createValidator(schema)
      const written = outcomeOf(() => codec.encodeChecked(value, place, { validator, failure }))
      if (!('value' in written)) return
      const { encoding, body, ...head } = JSON.parse(String(written.value))
      if (encoding !== 'fields/1') return
      const [layout, values] = body
      values.splice(where % (values.length + 1), where % 3, wrong)
      const text = JSON.stringify({ ...head, encoding, body: [layout, values] })
      same(
        outcomeOf(() => read(respaced(text), validator)),
        outcomeOf(() => read(text, validator)),
      )
    }),
    runs,
  )
})

test('what builds before wrote is raised alike, whatever they wrote it in', () => {
  const written = fc.constantFrom(...older).chain(({ models: before, values }) => {
    return fc.record({ writer: fc.constant(createEnvelopeCodec({ models: before })), value: values })
  })
  let byFields = 0
  let raised = 0
  fc.assert(
    fc.property(written, ({ writer, value }) => {
      const text = writer.encode(value, place)
      if (text.includes('"encoding":"fields/1"')) byFields += 1
      const general = outcomeOf(() => codec.decode(writer.encodeGenerally(value, place), place).value)
      if ('value' in general) raised += 1
      same(
        general,
        outcomeOf(() => codec.decode(text, place).value),
      )
    }),
    { numRuns: 600 },
  )
  expect(byFields).toBeGreaterThan(200)
  expect(raised).toBeGreaterThan(100)
})

/** A value with one of its parts replaced. Instances are left as they are, since some are immutable. */
function replaced(value: unknown, wrong: unknown, state: { left: number }): unknown {
  if (state.left < 0) return value
  if (state.left === 0) {
    state.left -= 1
    return wrong
  }
  state.left -= 1
  const each = (part: unknown) => replaced(part, wrong, state)
  if (Array.isArray(value)) return value.map(each)
  if (value instanceof Set) return new Set([...value].map(each))
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [each(key), each(inner)]))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(inner)]))
}
