import { z } from 'zod'
import { defineModel } from '../../src/model/define-model.ts'
import type { Model } from '../../src/model/model.ts'

/** How a class shows its `#private` state to {@link difference}. */
export const inside: unique symbol = Symbol('inside')

/** Comes back by its fields alone, without its constructor. */
export class Point {
  constructor(
    public x: number,
    public y: number,
  ) {}
  get length(): number {
    return Math.hypot(this.x, this.y)
  }
}

/** A subclass is a model of its own. */
export class Point3 extends Point {
  constructor(
    x: number,
    y: number,
    public z: number,
  ) {
    super(x, y)
  }
}

/** Links of a ring or a list. */
export class Link {
  next: unknown = undefined
  constructor(public label: number) {}
}

/** Assigning to it would run a setter, and count. */
export class Guarded {
  static assigned = 0
  declare level: number
  constructor(level: number) {
    Object.defineProperty(this, 'level', { value: level, enumerable: true, writable: true, configurable: true })
  }
}
Object.defineProperty(Guarded.prototype, 'level', {
  set() {
    Guarded.assigned += 1
  },
})

/** Immutable, and built by its constructor. */
export class Person {
  constructor(
    readonly name: string,
    readonly age: number,
  ) {
    Object.freeze(this)
  }
  greet(): string {
    return `Hi ${this.name}`
  }
}

export class Money {
  readonly #cents: bigint
  constructor(
    cents: bigint,
    readonly currency: string,
  ) {
    this.#cents = cents
  }
  get cents(): bigint {
    return this.#cents
  }
  [inside](): unknown {
    return this.#cents
  }
}

/** `#private` state that may stand in a cycle. */
export class Account {
  #balance: Money | undefined
  #owner: unknown
  fill(balance: Money, owner: unknown): this {
    this.#balance = balance
    this.#owner = owner
    return this
  }
  get state() {
    return { balance: this.#balance as Money, owner: this.#owner }
  }
  [inside](): unknown {
    return this.state
  }
}

/** Models that hold models. */
export class Team {
  constructor(
    public lead: Person,
    public members: Person[],
    public at: Point,
  ) {}
}

/** Its encoded form is a bare string. */
export class Id {
  constructor(readonly text: string) {}
}

/** A link that is built from complete fields: a list of them is well, a ring is not. */
export class Knot {
  constructor(
    readonly label: number,
    readonly next: unknown,
  ) {}
}

/** `await` would call it. */
export class Later {
  constructor(readonly seconds: number) {}
  // biome-ignore lint/suspicious/noThenProperty: a class that travels may well have one.
  then(resolve: (value: string) => void): void {
    resolve('awaited')
  }
}

const any = z.unknown()
// zod's own number is a finite one.
const number = z.custom<number>((value) => typeof value === 'number')

export const models: readonly Model[] = [
  defineModel(Point, { tag: 'point', fields: z.object({ x: number, y: number }) }),
  defineModel(Point3, { tag: 'point-3', fields: z.object({ x: z.number(), y: z.number(), z: z.number() }) }),
  defineModel(Link, { tag: 'link', fields: z.object({ label: z.number(), next: any }) }),
  defineModel(Guarded, { tag: 'guarded', fields: z.object({ level: z.number() }) }),
  defineModel(Person, {
    tag: 'person',
    fields: z.object({ name: z.string(), age: z.number() }),
    decode: ({ name, age }) => new Person(name, age),
  }),
  defineModel(Money, {
    tag: 'money',
    fields: z.object({ cents: z.bigint(), currency: z.string() }),
    decode: ({ cents, currency }) => new Money(cents, currency),
  }),
  defineModel(Account, {
    tag: 'account',
    fields: z.object({ balance: z.instanceof(Money), owner: any }),
    encode: (account) => account.state,
    allocate: () => new Account(),
    populate: (account, { balance, owner }) => account.fill(balance, owner),
  }),
  defineModel(Team, {
    tag: 'team',
    fields: z.object({
      lead: z.instanceof(Person),
      members: z.array(z.instanceof(Person)),
      at: z.instanceof(Point),
    }),
  }),
  defineModel(Id, { tag: 'id', fields: z.string(), encode: (id) => id.text, decode: (text) => new Id(text) }),
  defineModel(Knot, {
    tag: 'knot',
    fields: z.object({ label: z.number(), next: any }),
    decode: ({ label, next }) => new Knot(label, next),
  }),
  defineModel(Later, {
    tag: 'later',
    fields: z.object({ seconds: z.number() }),
    decode: ({ seconds }) => new Later(seconds),
  }),
]
