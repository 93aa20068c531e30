import type { Place } from '../../src/codec/envelope.ts'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { BrineError } from '../../src/errors.ts'
import { PaymentFailed } from './built-in-subclasses.ts'
import { Person } from './classes.ts'
import { fixtureModels, fixtures } from './fixtures.ts'

/** A text that stays readable for ever: what it was made of, and for which place. */
export interface Golden {
  name: string
  place: Place
  value: () => unknown
}

const greet = { job: 'greet', version: 1 }
const john = () => ({ person: new Person('John', 20), at: new Date('2026-11-22T12:00:00.000Z') })

// Whatever stands in an envelope of a queue is one of the fixtures' values; what differs is the header.
const ofQueues: readonly Golden[] = [
  { name: 'payload', place: { kind: 'payload', ...greet }, value: john },
  { name: 'payload of a newer contract', place: { kind: 'payload', job: 'greet', version: 12 }, value: john },
  { name: 'payload of a job with an odd name', place: { kind: 'payload', job: 'a"b\\ü', version: 1 }, value: () => 1 },
  { name: 'payload that is undefined', place: { kind: 'payload', ...greet }, value: () => undefined },
  { name: 'result', place: { kind: 'result', ...greet }, value: () => ({ text: 'Hi John', greetedAt: new Date(0) }) },
  { name: 'progress', place: { kind: 'progress', ...greet }, value: () => 0.5 },
  { name: 'error', place: { kind: 'error', ...greet }, value: () => new PaymentFailed('order-1', true) },
  {
    name: 'error of ours',
    place: { kind: 'error', ...greet },
    value: () => new BrineError('RESULT_INVALID', 'expected string, got number', { job: 'greet', path: '$.text' }),
  },
]

export const goldens: readonly Golden[] = [
  ...ofQueues,
  ...fixtures
    .filter(({ text }) => text !== undefined)
    .map(({ group, name, value }) => ({ name: `${group}: ${name}`, place: { kind: 'value' } as const, value })),
]

export function goldenTexts(): { name: string; text: string }[] {
  const codec = createEnvelopeCodec({ models: fixtureModels })
  return goldens.map(({ name, place, value }) => ({ name, text: codec.encode(value(), place) }))
}
