import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { defineModel } from '../../src/model/define-model.ts'
import type { Model } from '../../src/model/model.ts'
import { envelope } from '../codec/hostile/hostile.ts'

class Person {
  static built = 0
  upper: string
  constructor(readonly name: string) {
    Person.built += 1
    this.upper = name.toUpperCase()
  }
}
const byFields = defineModel(Person, { tag: 'person', fields: z.object({ name: z.string(), upper: z.string() }) })
const byDecode = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string() }),
  decode: ({ name }) => new Person(name),
})

test('by fields, neither constructor nor initialisers run', () => {
  const codec = createCodec({ models: [byFields] })
  const text = codec.encode(new Person('John'))
  Person.built = 0
  expect(codec.decode(text, byFields.schema).upper).toBe('JOHN')
  expect(Person.built).toBe(0)
})

test('by decode, the constructor keeps its invariants', () => {
  const codec = createCodec({ models: [byDecode] })
  expect(codec.decode(codec.encode(new Person('John')), byDecode.schema).upper).toBe('JOHN')
})

test('fields are defined, so that no data shadows what the class forbids, and no setter runs', () => {
  class Level {
    declare level: number
  }
  let assigned = 0
  Object.defineProperty(Level.prototype, 'level', {
    set() {
      assigned += 1
    },
  })
  const model = defineModel(Level, { tag: 'level', fields: z.object({ level: z.number() }) })
  const level = createCodec({ models: [model] }).decode(envelope('[["level@1",1],{"level":2},7]'), model.schema)
  expect(Object.getOwnPropertyDescriptor(level, 'level')).toEqual({
    value: 7,
    enumerable: true,
    writable: true,
    configurable: true,
  })
  expect(assigned).toBe(0)
})

describe('a model whose own code fails', () => {
  const rows: [name: string, options: object, code: string][] = [
    [
      'decode that throws',
      {
        decode: () => {
          throw new Error('no')
        },
      },
      'MODEL_THREW',
    ],
    ['decode that gives another class', { decode: () => ({ name: 'x' }) }, 'MODEL_THREW'],
    ['decode that gives a subclass', { decode: () => new (class extends Person {})('x') }, 'MODEL_THREW'],
    ['decode that gives nothing', { decode: () => undefined }, 'MODEL_THREW'],
    [
      'allocate that throws',
      {
        allocate: () => {
          throw new Error('no')
        },
        populate: () => {},
      },
      'MODEL_THREW',
    ],
    ['allocate that gives another class', { allocate: () => ({}), populate: () => {} }, 'MODEL_THREW'],
    ['allocate that gives nothing', { allocate: () => null, populate: () => {} }, 'MODEL_THREW'],
    [
      'populate that throws',
      {
        allocate: () => new Person('x'),
        populate: () => {
          throw new Error('no')
        },
      },
      'MODEL_THREW',
    ],
  ]

  test.each(rows)('is refused with its path: %s', (_, options, code) => {
    const model = defineModel(Person, { tag: 'person', fields: z.object({ name: z.string() }), ...options })
    const codec = createCodec({ models: [model] })
    const text = codec.encode({ people: [new Person('John')] })
    expect(() => codec.decode(text)).toThrow(expect.objectContaining({ code, path: '$.people[0]' }))
  })
})

describe('versions', () => {
  class Name {
    constructor(
      readonly first: string,
      readonly last: string,
    ) {}
  }
  const second = z.object({ full: z.string() })
  const model = defineModel(Name, {
    tag: 'name',
    version: 3,
    fields: z.object({ first: z.string(), last: z.string() }),
    upcast: {
      1: (text: string) => ({ full: text }),
      2: (fields: z.infer<typeof second>) => {
        const [first = '', last = ''] = fields.full.split(' ')
        return { first, last }
      },
    },
    aliases: ['person-name'],
  })
  const codec = createCodec({ models: [model] })

  test.each([
    ['1', '[["name@1",1],"Ann Lee"]'],
    ['2', '[["name@2",1],{"full":2},"Ann Lee"]'],
    ['3', '[["name@3",1],{"first":2,"last":3},"Ann","Lee"]'],
    ['1, under a tag that it had before', '[["person-name@1",1],"Ann Lee"]'],
    ['3, under a tag that it had before', '[["person-name@3",1],{"first":2,"last":3},"Ann","Lee"]'],
  ])('reads version %s', (_, body) => {
    expect(codec.decode(envelope(body))).toEqual(new Name('Ann', 'Lee'))
  })

  test('writes its newest version, under its own tag', () => {
    expect(codec.encode(new Name('Ann', 'Lee'))).toContain('"name@3(')
  })

  test('checks what the upcasts gave', () => {
    expect(() => codec.decode(envelope('[["name@2",1],{"full":2},5]'))).toThrow(
      expect.objectContaining({ code: 'UPCAST_FAILED', path: '$' }),
    )
  })
})

test('schemas of fields may transform, and do so once, on the way back', () => {
  class Tag {
    constructor(readonly label: string) {}
  }
  const model = defineModel(Tag, {
    tag: 'tag',
    fields: z.object({ label: z.string().transform((label) => `${label}!`) }),
    decode: ({ label }) => new Tag(label),
  })
  const codec = createCodec({ models: [model] })
  expect(codec.encode(new Tag('a'))).toContain('"a"')
  expect(codec.decode(codec.encode(new Tag('a')), model.schema).label).toBe('a!')
})

test('a model may refer to itself, lazily, by a getter, or by one that is defined later', () => {
  class Tree {
    constructor(
      readonly name: string,
      public parent?: Tree,
      public readonly children: Tree[] = [],
    ) {}
  }
  class Leaf {
    declare tree: Tree | undefined
  }
  const tree: Model<Tree> = defineModel(Tree, {
    tag: 'tree',
    fields: z.object({
      name: z.string(),
      parent: z.lazy(() => tree.schema).optional(),
      get children() {
        return z.array(tree.schema)
      },
    }),
  })
  const early: Model<Leaf> = defineModel(Leaf, {
    tag: 'leaf',
    fields: z.object({ tree: z.lazy(() => late.schema).optional() }),
  })
  const late = tree
  const root = new Tree('root')
  root.children.push(new Tree('child', root))
  const codec = createCodec({ models: [tree, early] })
  const back = codec.decode(codec.encode(root), tree.schema)
  expect(back.children[0]?.parent).toBe(back)
  expect(back.children[0]).toBeInstanceOf(Tree)
})
