import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import { PaymentFailed } from '../built-in-subclasses.ts'
import { Account, Knot, Link, Money, Person, Point, Team } from '../classes.ts'
import { accessor, borrowing, refused, withProperty } from './refusal.ts'

/** Gives whatever it holds as its encoded form. */
export class Raw {
  constructor(readonly form: unknown) {}
}

/** Its fields hold an object, whose keys are declared. */
export class Parcel {
  constructor(readonly to: object) {}
}

/** The same of fields that are changed on their way. */
export class Crate {
  constructor(readonly to: object) {}
}

/** Has fewer fields declared than its encode gives. */
export class Leaky {}

/** Its declared field is a method of the class. */
export class Shadowed {
  size(): number {
    return 1
  }
}

export class Throwing {
  readonly fails = true
}

export const refusedModels = [
  defineModel(Raw, {
    tag: 'raw',
    fields: z.unknown(),
    encode: (raw) => (raw.form === raw ? raw : typeof raw.form === 'function' ? raw.form() : raw.form),
    allocate: () => new Raw(undefined),
    populate: () => {},
  }),
  defineModel(Parcel, { tag: 'parcel', fields: z.object({ to: z.object({ street: z.string() }) }) }),
  defineModel(Crate, {
    tag: 'crate',
    fields: z.object({
      to: z.object({ street: z.string().trim(), in: z.object({ town: z.string() }).readonly().default({ town: '' }) }),
    }),
  }),
  defineModel(Leaky, {
    tag: 'leaky',
    fields: z.object({ a: z.number() }),
    encode: () => ({ a: 1, b: 2 }),
    decode: () => new Leaky(),
  }),
  defineModel(Shadowed, { tag: 'shadowed', fields: z.object({ size: z.unknown().optional() }) }),
  defineModel(Throwing, {
    tag: 'throwing',
    fields: z.object({}),
    encode: () => {
      throw new Error('a secret of the instance')
    },
    decode: () => new Throwing(),
  }),
]

const ann = new Person('Ann', 1)
const of = (fields: object): unknown => Object.assign(Object.create(Person.prototype), fields)
const team = (lead: unknown, members: unknown[] = []): unknown =>
  Object.assign(Object.create(Team.prototype), { lead, members, at: new Point(0, 0) })

const shared = { fields: 'of two' }
const knotted = new Knot(1, undefined)
Object.assign(knotted, { next: [knotted] })

function rawRing(): Raw {
  const [one, two] = [new Raw(undefined), new Raw(undefined)]
  Object.assign(one, { form: two })
  Object.assign(two, { form: one })
  return one
}

function rawSelf(): Raw {
  const raw = new Raw(undefined)
  return Object.assign(raw, { form: raw })
}

/** Instances of registered models that would not come back as they are. */
export const refusedInstances = [
  ...refused('UNREGISTERED_CLASS', [
    ['a subclass of a registered class', () => new (class extends Point {})(1, 2)],
    ['one within an instance', () => Object.assign(new Link(1), { next: new (class extends Link {})(2) }), '$.next'],
  ]),
  ...refused('EXTRA_PROPERTY', [
    ['a field that is not declared', () => Object.assign(new Point(1, 2), { colour: 'green' }), '$.colour'],
    [
      'one that is not declared, and hidden',
      () => withProperty(new Point(1, 2), 'id', { value: 1, enumerable: false }),
      '$.id',
    ],
    [
      'a declared field that is hidden',
      () => withProperty(new Point(1, 2), 'x', { value: 1, enumerable: false }),
      '$.x',
    ],
    ['a method put on an instance', () => Object.assign(new Point(1, 2), { toString: () => '' }), '$.toString'],
    ['a symbol as a key', () => Object.assign(new Point(1, 2), { [Symbol('s')]: 1 })],
    [
      'a field of an error that is not declared',
      () => Object.assign(new PaymentFailed('a', true), { http: 402 }),
      '$.http',
    ],
    ['a field that encode gave, and fields lacks', () => new Leaky(), '$.b'],
  ]),
  ...refused('ACCESSOR', [
    ['an own accessor in a declared field', () => withProperty(new Point(1, 2), 'x', accessor), '$.x'],
    [
      'one where decode builds the instance',
      () => withProperty(Object.create(Person.prototype), 'name', accessor),
      '$.name',
    ],
    ['a declared field that the class answers', () => new Shadowed(), '$.size'],
  ]),
  ...refused('FIELDS_INVALID', [
    ['a field of another type', () => of({ name: 7, age: 1 }), '$.name'],
    ['a field that is missing', () => of({ name: 'Ann' }), '$.age'],
    ['a field within a field', () => team(of({ name: 'Ann', age: 'x' })), '$.lead.age'],
    ['a field within a list', () => team(ann, [ann, of({ name: 1, age: 1 })]), '$.members[1].name'],
    ['an instance of another class', () => team(new Point(0, 0)), '$.lead'],
    ['an undeclared key inside a field', () => new Parcel({ street: 'Quay 1', floor: 3 }), '$.to'],
    [
      'one inside a field that is changed on its way',
      () => new Crate({ street: 'Quay 1', in: { town: 'Bonn', floor: 3 } }),
      '$.to.in',
    ],
    ['an instance that is its own fields', rawSelf],
    ['instances that are each other’s fields', rawRing],
    ['two instances with one object for their fields', () => [new Raw(shared), new Raw(shared)], '$[1]'],
  ]),
  ...refused('MODEL_THREW', [
    ['an encode that throws', () => ({ a: [new Throwing()] }), '$.a[0]'],
    ['#private state that is not there', () => Object.create(Account.prototype)],
    ['a proxy of an instance with #private state', () => new Proxy(new Money(1n, 'EUR'), {})],
  ]),
  ...refused('UNSUPPORTED_VALUE', [
    ['a function as fields', () => new Raw(() => () => 1)],
    ['a promise as fields', () => new Raw(Promise.resolve({}))],
    ['a function within the fields', () => new Raw({ run: () => 1 }), '$.run'],
    [
      'a proxy of an instance that throws',
      () =>
        new Proxy(ann, {
          getPrototypeOf: () => {
            throw new Error('trap')
          },
        }),
    ],
  ]),
  ...refused('CYCLE_THROUGH_DECODE', [
    ['an instance that holds itself, built from complete fields', () => knotted],
    ['one that is met outside of its cycle first', () => ({ first: 1, knot: knotted }), '$.knot'],
  ]),
  ...refused('EXTRA_PROPERTY', [
    ['an instance that took its prototype from a list', () => borrowing([1], Point.prototype), '$["…"]'],
  ]),
]
