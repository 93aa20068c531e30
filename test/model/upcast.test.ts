import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { defineModel } from '../../src/model/define-model.ts'

function envelope(body: string): string {
  return `{"brine":1,"kind":"value","encoding":"devalue/6","body":${body}}`
}

/** A member of a family, whose `kin` were called `relatives` in version 1, and whose name was in two parts. */
class Member {
  kin: Member[] = []
  constructor(public name: string) {}
}
const upcast = {
  1: ({ first, relatives }: { first: string; relatives: Member[] }) => ({ name: first, relatives }),
  2: ({ name, relatives: kin }: { name: string; relatives: Member[] }) => ({ name, kin }),
}
const fields = z.object({ name: z.string(), kin: z.array(z.instanceof(Member)) })

const waysBack = [
  ['by its fields', defineModel(Member, { tag: 'member', version: 3, fields, upcast })],
  [
    'by allocate and populate',
    defineModel(Member, {
      tag: 'member',
      version: 3,
      fields,
      upcast,
      allocate: () => new Member(''),
      populate: (member, { name, kin }) => void Object.assign(member, { name, kin }),
    }),
  ],
  [
    'by decode',
    defineModel(Member, {
      tag: 'member',
      version: 3,
      fields,
      upcast,
      decode: ({ name, kin }) => Object.assign(new Member(name), { kin }),
    }),
  ],
] as const

describe.each(waysBack)('an instance that comes back %s', (way, model) => {
  const { decode } = createCodec({ models: [model] })

  test('is raised from version 1 over 2 to 3, deep in other values, beside one of today', () => {
    const body =
      '[["Map",1,2],"a",[3,4],["member@1",5],["member@3",6],{"first":7,"relatives":8},{"name":9,"kin":10},"Ann",[],"Bob",[11],["member@2",12],{"name":13,"relatives":14},"Cy",[]]'
    const [ann, bob] = (decode(envelope(body)) as Map<string, Member[]>).get('a') ?? []
    expect(ann).toEqual(new Member('Ann'))
    expect(bob).toBeInstanceOf(Member)
    expect(bob?.kin).toEqual([new Member('Cy')])
    expect(bob?.kin[0]).toBeInstanceOf(Member)
  })

  test('says where it stood when its upcaster throws, and nothing of its values', () => {
    class Odd {}
    const odd = defineModel(Odd, {
      tag: 'odd',
      version: 2,
      fields: z.object({}),
      upcast: {
        1: (stored: { secret: string }) => {
          throw new RangeError(stored.secret)
        },
      },
    })
    const codec = createCodec({ models: [model, odd] })
    const text = envelope('[["member@1",1],{"first":2,"relatives":3},"Ann",[4],["odd@1",5],{"secret":6},"s3cret"]')
    expect(() => codec.decode(text)).toThrow(
      expect.objectContaining({
        code: 'UPCAST_FAILED',
        path: '$.relatives[0]',
        message: expect.not.stringContaining('s3cret'),
        cause: expect.any(RangeError),
      }),
    )
  })

  if (way !== 'by decode') {
    test('keeps its identity in a cycle, through a step that makes a new object', () => {
      const ring =
        '[["member@1",1],{"first":2,"relatives":3},"Ann",[4],["member@2",5],{"name":6,"relatives":7},"Bob",[0,4]]'
      const ann = decode(envelope(ring), model.schema)
      const [bob] = ann.kin
      expect([ann.name, bob?.name]).toEqual(['Ann', 'Bob'])
      expect(bob?.kin[0]).toBe(ann)
      expect(bob?.kin[1]).toBe(bob)
      expect(bob).toBeInstanceOf(Member)
    })
  } else {
    test('is refused in a cycle, of whatever version', () => {
      const ring = '[["member@1",1],{"first":2,"relatives":3},"Ann",[0]]'
      expect(() => decode(envelope(ring))).toThrow(expect.objectContaining({ code: 'CYCLE_THROUGH_DECODE', path: '$' }))
    })
  }
})

test('upcasters in a cycle see each other as empty instances, wherever the text begins', () => {
  const seen: unknown[] = []
  class Node {
    value = ''
    next: Node | undefined
  }
  const node = defineModel(Node, {
    tag: 'node',
    version: 2,
    fields: z.object({ value: z.string(), next: z.instanceof(Node) }),
    upcast: {
      1: (stored: { text: string; next: Node }) => {
        seen.push(Object.keys(stored.next))
        return { value: stored.text, next: stored.next }
      },
    },
  })
  const codec = createCodec({ models: [node] })
  const ring = '[["node@1",1],{"text":2,"next":3},"a",["node@1",4],{"text":5,"next":0},"b"]'
  const first = codec.decode(envelope(ring), node.schema)
  expect(first.next?.next).toBe(first)
  expect([first.value, first.next?.value]).toEqual(['a', 'b'])
  expect(seen).toEqual([[], []])
})

class Address {
  constructor(
    readonly street: string,
    readonly city: string,
  ) {}
}
class Customer {
  constructor(
    readonly name: string,
    readonly address: Address,
  ) {}
}
const address = defineModel(Address, {
  tag: 'address',
  fields: z.object({ street: z.string(), city: z.string() }),
  decode: ({ street, city }) => new Address(street, city),
})

test('an upcaster may split a class into two, by making an instance of the other', () => {
  const customer = defineModel(Customer, {
    tag: 'customer',
    version: 2,
    fields: z.object({ name: z.string(), address: address.schema }),
    decode: (one) => new Customer(one.name, one.address),
    upcast: {
      1: ({ name, street, city }: { name: string; street: string; city: string }) => ({
        name,
        address: new Address(street, city),
      }),
    },
  })
  const codec = createCodec({ models: [customer, address] })
  const old = envelope('[["customer@1",1],{"name":2,"street":3,"city":4},"Ann","High St","Ulm"]')
  expect(codec.decode(old, customer.schema)).toEqual(new Customer('Ann', new Address('High St', 'Ulm')))
})

test('an upcaster may change what it is given, and changes nothing that others hold', () => {
  class Holder {
    state: object = {}
  }
  const holder = defineModel(Holder, {
    tag: 'holder',
    version: 2,
    fields: z.object({ renamed: z.string() }),
    encode: () => ({ renamed: '' }),
    allocate: () => new Holder(),
    populate: (one, state) => void Object.assign(one, { state }),
    upcast: {
      1: (stored: { name?: string; renamed?: string }) => {
        stored.renamed = stored.name ?? ''
        delete stored.name
        return { renamed: '', ...stored }
      },
    },
  })
  // The fields of the instance stand beside it, too.
  const text = envelope('[[1,2],["holder@1",2],{"name":3},"Ann"]')
  const [one, beside] = createCodec({ models: [holder] }).decode(text) as [Holder, object]
  expect(one.state).toEqual({ renamed: 'Ann' })
  expect(beside).toEqual({ name: 'Ann' })
})

const steps = (step: (stored: never) => unknown) => ({ 1: step }) as never
const refused = [
  ['gives a promise', () => Promise.resolve({ name: 'x' }), 'UPCAST_FAILED', '$.who'],
  ['gives a promise that fails', () => Promise.reject(new Error('no')), 'UPCAST_FAILED', '$.who'],
  ['gives fields that the model refuses', () => ({ name: 5 }), 'FIELDS_INVALID', '$.who.name'],
  ['gives a field that the model does not declare', () => ({ name: 'x', age: 5 }), 'EXTRA_PROPERTY', '$.who.age'],
  ['gives nothing', () => undefined, 'FIELDS_INVALID', '$.who'],
] as const

test.each(refused)('an upcaster that %s is refused with its path', (_, step, code, path) => {
  class Named {
    name = ''
  }
  const named = defineModel(Named, {
    tag: 'named',
    version: 2,
    fields: z.object({ name: z.string() }),
    upcast: steps(step),
  })
  const text = envelope('[{"who":1},["named@1",2],{}]')
  expect(() => createCodec({ models: [named] }).decode(text)).toThrow(expect.objectContaining({ code, path }))
})
