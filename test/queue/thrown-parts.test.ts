import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { defineModel } from '../../src/model/define-model.ts'
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
