import { defineModel, defineQueue } from 'brinemq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createEnvelopeCodec } from '../../src/codec/envelope-codec.ts'
import { freshPrefix } from '../connection.ts'
import { openProducer, openWorker, Person, peopleJobs, peopleQueue, rejection, TooYoung } from './people.ts'

// As jest.resetModules() does it, or a package that is installed twice.
vi.resetModules()
const copy = await import('./people.ts')

test('an error of a class that was loaded twice is told of once, and arrives without its class', async () => {
  const contract = peopleQueue()
  const told: Error[] = []
  const young = () => new copy.TooYoung(new Person('Ann', 7))
  const throws: Record<string, () => Error> = {
    copy: young,
    cause: () => new Error('outer', { cause: young() }),
    own: () => new TooYoung(new Person('Ann', 7)),
    other: () => new RangeError('far'),
  }
  openWorker(contract, (which) => Promise.reject(throws[String(which)]?.()), { onError: (error) => told.push(error) })
  const producer = openProducer(contract)
  const results = []
  for (const which of ['own', 'other', 'copy', 'cause']) {
    results.push(await rejection((await producer.enqueue('anything', which)).result()))
  }
  expect(results[0]).toBeInstanceOf(TooYoung)
  expect(results[2]).not.toBeInstanceOf(TooYoung)
  expect(results[2]).toMatchObject({ name: 'TooYoung', message: 'Ann is too young' })
  expect(told).toMatchObject([{ code: 'UNREGISTERED_CLASS', job: 'anything' }])
  expect(String(told)).toContain(
    "the class TooYoung was loaded twice, and this is not the copy that the model 'too-young' is for",
  )
})

test('a registered error of which one declared field cannot be read keeps its class and the others', async () => {
  class Declined extends Error {
    override readonly name = 'Declined'
    constructor(readonly order: number) {
      super('declined')
      const get = () => {
        throw new Error('gone')
      }
      Object.defineProperty(this, 'message', { get })
    }
    get card(): string {
      throw new Error('gone')
    }
  }
  const fields = z.object({ order: z.number(), message: z.string().optional(), card: z.string().optional() })
  const declined = defineModel(Declined, {
    tag: 'declined',
    fields,
    allocate: () => Object.create(Declined.prototype) as Declined,
    populate: (error, { order }) => void Object.assign(error, { order }),
  })
  const contract = defineQueue('people', { prefix: freshPrefix(), models: [declined], jobs: peopleJobs })
  openWorker(contract, () => Promise.reject(new Declined(7)))
  const error = await rejection((await openProducer(contract).enqueue('anything', 1)).result())
  expect(error).toBeInstanceOf(Declined)
  expect(error).toMatchObject({ order: 7, omitted: expect.arrayContaining(['$.message', '$.card']) })
})

const gone = () => {
  throw new Error('gone')
}

class Refused extends Error {
  override readonly name = 'Refused'
  constructor(
    readonly order: number,
    message?: string,
  ) {
    super(message)
  }
}

class Vanished extends Refused {
  override get message(): string {
    return gone()
  }
}

const unread = (name: 'message' | 'note' | 'stack') =>
  Object.defineProperty(Object.assign(new Refused(7, 'refused'), { note: 'n' }), name, {
    get: gone,
    enumerable: name === 'note',
  })

// A hook for source maps reads the message when a stack is first looked at.
test.each([
  ['its own message', () => unread('message'), ['$.message']],
  ['another field of its own', () => unread('note'), ['$.note']],
  ['its stack', () => unread('stack'), undefined],
  ['the message of its class', () => Object.assign(new Vanished(7), { note: 'n' }), ['$.message']],
] as const)(
  'an error of which %s cannot be read keeps its class and its other fields',
  async (_part, make, omitted) => {
    const { prepareStackTrace } = Error
    Error.prepareStackTrace = (error) => `${error.message}`
    onTestFinished(() => {
      Error.prepareStackTrace = prepareStackTrace
    })
    const text = z.string()
    const fields = z.object({ name: text, message: text, order: z.number(), note: text.optional() })
    const models = [
      defineModel(Refused, { tag: 'refused', fields }),
      defineModel(Vanished, { tag: 'vanished', fields }),
    ]
    const codec = createEnvelopeCodec({ models })
    const thrown = make()
    const written = codec.encodeThrown(thrown, { kind: 'error' })
    const { value } = codec.decode(String(written), { kind: 'error' })
    expect(Object.getPrototypeOf(value)).toBe(Object.getPrototypeOf(thrown))
    expect(value).toMatchObject({ order: 7, name: 'Refused' })
    expect(Object.getOwnPropertyDescriptor(value, 'note')?.value).toBe(omitted?.[0] === '$.note' ? undefined : 'n')
    expect(Object.getOwnPropertyDescriptor(value, 'omitted')?.value).toEqual(omitted)
  },
)
