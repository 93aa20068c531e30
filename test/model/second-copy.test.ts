import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { createFakeProducer } from '../../src/testing/create-fake-producer.ts'
import { createInline } from '../../src/testing/create-inline.ts'
import { inAnotherRealm } from '../realm/another-realm.ts'
import { Person, people, person, Unnamed, unnamed } from './loaded.ts'

// As jest.resetModules() does it, or a package that is installed twice: BrineMQ is loaded anew with it.
vi.resetModules()
const copy = await import('./loaded.ts')
const twice = /twice/
const ofPerson = /'person'/

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const thrown = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

function saysSo(error: unknown, code: string, path: string, tag = ofPerson): void {
  expect(error).toMatchObject({ code, path, message: expect.stringMatching(twice) })
  expect(error).toMatchObject({ message: expect.stringMatching(tag) })
}

test('its classes are others', () => {
  expect(copy.Person).not.toBe(Person)
})

describe('an instance of a class that was loaded twice is refused with its tag', () => {
  test('as a payload', async () => {
    const fake = createFakeProducer(people)
    const payload = { list: [new Person('Ann'), new copy.Person('Bob')] }
    saysSo(await refusal(fake.enqueue('greet', payload)), 'PAYLOAD_INVALID', '$.list[1]')
    saysSo(await refusal(fake.enqueue('anything', [new copy.Person('Bob')])), 'UNREGISTERED_CLASS', '$[0]')
  })

  test('as a result, whatever else the schema allows', async () => {
    const handlers = { greet: () => new copy.Person('Bob'), anything: () => undefined }
    const job = await createInline(people, { handlers }).enqueue('greet', {})
    saysSo(await refusal(job.result()), 'RESULT_INVALID', '$')
  })

  test('in the fields of another model', () => {
    class Team {
      constructor(readonly lead: Person) {}
    }
    const team = defineModel(Team, { tag: 'team', fields: z.object({ lead: person.schema }) })
    const codec = createCodec({ models: [team, person] })
    saysSo(
      thrown(() => codec.encode([new Team(new copy.Person('Bob'))])),
      'FIELDS_INVALID',
      '$[0].lead',
    )
  })

  test('when a model builds it', () => {
    const built = defineModel(Person, {
      tag: 'person',
      fields: z.object({ name: z.string() }),
      decode: ({ name }) => new copy.Person(name),
    })
    const codec = createCodec({ models: [built] })
    const text = codec.encode([new Person('Ann')])
    saysSo(
      thrown(() => codec.decode(text)),
      'MODEL_THREW',
      '$[0]',
    )
  })

  test('also without a name', async () => {
    const fake = createFakeProducer(people)
    const instance = new copy.Unnamed()
    saysSo(await refusal(fake.enqueue('greet', { unnamed: instance })), 'PAYLOAD_INVALID', '$.unnamed', /'unnamed'/)
    saysSo(
      thrown(() => createCodec({ models: [unnamed] }).encode(instance)),
      'UNREGISTERED_CLASS',
      '$',
      /'unnamed'/,
    )
    expect(new Unnamed()).not.toBeInstanceOf(copy.Unnamed)
  })

  test('also from another realm, where nobody defined a model', () => {
    const instance = inAnotherRealm('new (class Person { name = "Bob" })()')
    saysSo(
      thrown(() => createCodec({ models: [person] }).encode(instance)),
      'UNREGISTERED_CLASS',
      '$',
    )
  })
})

test('both models in one codec are refused with the tag', () => {
  const error = thrown(() => createCodec({ models: [person, copy.person] }))
  expect(error).toMatchObject({ code: 'MODEL_INVALID', message: expect.stringMatching(twice) })
  expect(error).toMatchObject({ message: expect.stringMatching(ofPerson) })
})

describe('what is no copy is not said to be one', () => {
  class Animal {}
  const rows: [name: string, value: unknown][] = [
    ['an instance of another class', new Animal()],
    ['an instance of a subclass', new (class Worker extends Person {})('Ann')],
    ['an object that hides its class', Object.create(Object.create(Person.prototype))],
    ['a proxy', new Proxy(new Animal(), {})],
  ]

  test.each(rows)('%s', async (_, value) => {
    const error = await refusal(createFakeProducer(people).enqueue('anything', value))
    expect(error).toMatchObject({ code: 'UNREGISTERED_CLASS', path: '$' })
    expect(error).not.toMatchObject({ message: expect.stringMatching(twice) })
  })
})

describe('an instance of a class without a name is refused with advice that can be followed', () => {
  const rows: [name: string, value: unknown, advice: RegExp][] = [
    ['alone', new (class {})(), /give the class a name/],
    ['which extends one that has', new (class extends Map {})(), /extends Map.*give the class a name/],
    ['of no class', Object.create({ inherited: 1 }), /\{ \.\.\.value \}/],
  ]

  test.each(rows)('%s', (_, value, advice) => {
    const error = thrown(() => createCodec().encode(value))
    expect(error).toMatchObject({ code: 'UNREGISTERED_CLASS', path: '$', message: expect.stringMatching(advice) })
    expect(error).not.toMatchObject({ message: expect.stringMatching(/anonymous/) })
  })
})
