import { z } from 'zod'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { createValidator } from '../../src/schema/validate.ts'
import { Money, Person } from './classes.ts'
import { fixtureModels, fixtures } from './fixtures.ts'
import { type Golden, goldens } from './golden-texts.ts'

const modelOf = (type: object) => fixtureModels.find((model) => model.class === type)?.schema ?? z.never()
const [person, money] = [modelOf(Person), modelOf(Money)]

interface OfSchema extends Golden {
  schema: z.ZodType
}

const golden = (name: string) => goldens.find((one) => one.name === name)
const greet = ['payload', 'payload of a newer contract'].flatMap((name) => golden(name) ?? [])
const ofValue = (name: string, schema: z.ZodType, value: () => unknown): OfSchema => {
  return { name: `fields/1: ${name}`, place: { kind: 'value' }, schema, value }
}

const present = z.object({
  a: z.number(),
  b: z.date().optional(),
  c: z.date().optional(),
  d: z.date().optional(),
})

/** Every kind that a layout knows, each in a text of its own. */
export const schemaGoldens: readonly OfSchema[] = [
  ...greet.map((one) => ({ ...one, schema: z.object({ person, at: z.date() }) })),
  ofValue('plain values', z.array(z.unknown()), () => ['a"\\\n\u2028𝄞', '\ud800', 1, -2.5e300, true, false, null]),
  ofValue('bigints', z.array(z.bigint()), () => [0n, -1n, 2n ** 53n - 1n, 2n ** 53n, -(10n ** 30n)]),
  ofValue('dates', z.array(z.date()), () => [new Date(0), new Date(-1), new Date(8.64e15)]),
  ofValue('an object, with what is absent', present, () => ({ a: 1, c: undefined, d: new Date(0) })),
  ofValue('nullable', z.array(z.date().nullable()), () => [null, new Date(0)]),
  ofValue('a tuple', z.tuple([z.string(), z.date()]), () => ['a', new Date(0)]),
  ofValue('an empty tuple', z.tuple([]), () => []),
  ofValue('a Set', z.set(z.bigint()), () => new Set([3n, 1n])),
  ofValue('a Map', z.map(z.string(), z.date()), () => new Map([['b', new Date(0)]])),
  ofValue('a dictionary', z.record(z.string(), z.bigint()), () => ({ 'any name:,': 1n, b: 2n })),
  ofValue('alternatives', z.array(z.union([z.string(), z.date(), person])), () => [
    new Date(0),
    new Person('A', 1),
    'x',
  ]),
  ofValue('a model met again', z.object({ a: person, b: z.array(person), c: money }), () => ({
    ...{ a: new Person('A', 1), b: [new Person('B', 2)] },
    c: new Money(5n, 'EUR'),
  })),
]

export function fieldsGoldenTexts(): { name: string; text: string }[] {
  const codec = createEnvelopeCodec({ models: fixtureModels })
  const rows = [
    ...schemaGoldens.map(({ name, place, schema, value }) => {
      const checked = { validator: createValidator(schema), failure: { code: 'VALUE_INVALID' } } as const
      return { name, text: String(codec.encodeChecked(value(), place, checked)) }
    }),
    ...fixtures
      .filter(({ fields }) => fields !== undefined)
      .map(({ group, name, value }) => ({ name: `${group}: ${name}`, text: codec.encode(value(), { kind: 'value' }) })),
  ]
  const other = rows.find(({ text }) => !text.includes('"encoding":"fields/1"'))
  if (other !== undefined) throw new Error(`${other.name} is of another encoding`)
  return rows
}
