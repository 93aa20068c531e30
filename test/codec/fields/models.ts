import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import type { Model } from '../../../src/model/model.ts'

/** Comes back by its fields alone. */
export class Box {
  constructor(
    public inner: unknown,
    public note?: string,
  ) {}
}

/** Built by its constructor, which keeps an invariant. */
export class Span {
  constructor(
    readonly from: Date,
    readonly to: Date,
  ) {
    if (from > to) throw new RangeError('ends before it begins')
  }
}

/** `#private` state, and fields that are no object. */
export class Name {
  #text = ''
  static of(text: string): Name {
    const name = new Name()
    name.#text = text
    return name
  }
  get text(): string {
    return this.#text
  }
}

/** Refers to itself. */
export class Tree {
  constructor(
    readonly label: number,
    readonly kids: readonly Tree[],
  ) {}
}

/** Its schema has a check that only zod knows. */
export class Even {
  constructor(readonly value: number) {}
}

/** One that may refer back, so that it comes back in two steps. */
export class Ring {
  next: Ring | null = null
  #mark = 0
  static of(mark: number, next: Ring | null): Ring {
    return Ring.fill(new Ring(), mark, next)
  }
  static fill(ring: Ring, mark: number, next: Ring | null): Ring {
    ring.#mark = mark
    ring.next = next
    return ring
  }
  get mark(): number {
    return this.#mark
  }
}

/** Its fields were others once: see `olderModels`. */
export class Visit {
  constructor(
    readonly at: Date,
    readonly who: { first: string; last?: string | undefined },
    readonly tags: ReadonlySet<string>,
  ) {}
}

/** A Map of its own, which is filled by its own code. */
export class Tally extends Map<string, bigint> {}

const span = defineModel(Span, {
  tag: 'span',
  fields: z.object({ from: z.date(), to: z.date() }),
  decode: ({ from, to }) => new Span(from, to),
})
const name = defineModel(Name, {
  tag: 'name',
  fields: z.string().max(6),
  encode: (it) => it.text,
  decode: (text) => Name.of(text),
})
const tree: Model<Tree> = defineModel(Tree, {
  tag: 'tree',
  version: 2,
  fields: z.object({
    label: z.number(),
    get kids() {
      return z.array(tree.schema)
    },
  }),
  decode: ({ label, kids }) => new Tree(label, kids),
  upcast: { 1: (label: number) => ({ label, kids: [] }) },
})
const even = defineModel(Even, {
  tag: 'even',
  fields: z.object({ value: z.number().refine((value) => value % 2 === 0) }),
  decode: ({ value }) => new Even(value),
})

const box = defineModel(Box, {
  tag: 'box',
  fields: z.object({ inner: z.union([z.string(), span.schema, z.null()]), note: z.string().optional() }),
})

const ring: Model<Ring> = defineModel(Ring, {
  tag: 'ring',
  fields: z.object({
    mark: z.number(),
    get next() {
      return ring.schema.nullable()
    },
  }),
  encode: ({ mark, next }) => ({ mark, next }),
  allocate: () => new Ring(),
  populate: (made, { mark, next }) => void Ring.fill(made, mark, next),
})

const tally = defineModel(Tally, {
  tag: 'tally',
  fields: z.object({ entries: z.array(z.tuple([z.string(), z.bigint()])) }),
  encode: (it) => ({ entries: [...it] }),
  decode: ({ entries }) => new Tally(entries),
})

const visit = defineModel(Visit, {
  tag: 'visit',
  version: 3,
  fields: z.object({
    at: z.date(),
    who: z.object({ first: z.string(), last: z.string().optional() }),
    tags: z.set(z.string()),
  }),
  decode: ({ at, who, tags }) => new Visit(at, who, tags),
  aliases: ['call'],
  upcast: {
    1: ({ at, name: first }: { at: number; name: string }) => ({ at: new Date(at), first }),
    2: ({ at, first, ...rest }: { at: Date; first: string }) => {
      if (first === 'nobody') throw new Error('there was nobody')
      return { at, who: { first, ...rest }, tags: new Set<string>() }
    },
  },
})

export const models: readonly Model[] = [span, name, tree, even, box, ring, tally, visit]
export const schemas = {
  ...{ span: span.schema, name: name.schema, tree: tree.schema, even: even.schema, box: box.schema },
  ...{ ring: ring.schema, tally: tally.schema, visit: visit.schema },
}
