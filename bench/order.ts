import { defineModel } from 'brinemq'
import { z } from 'zod'

export class Person {
  constructor(
    readonly name: string,
    readonly age: number,
  ) {}
}

export class Money {
  constructor(
    readonly cents: bigint,
    readonly currency: string,
  ) {}
}

export class LineItem {
  constructor(
    readonly sku: string,
    readonly title: string,
    readonly quantity: number,
    readonly price: Money,
  ) {}
}

export class Order {
  constructor(
    readonly id: string,
    readonly customer: Person,
    readonly items: LineItem[],
    readonly placedAt: Date,
    readonly dueAt: Date,
    readonly notes: Map<string, string>,
    readonly tags: Set<string>,
    readonly ledger: bigint,
  ) {}
}

export const person = defineModel(Person, {
  tag: 'person',
  fields: z.object({ name: z.string(), age: z.number() }),
  decode: ({ name, age }) => new Person(name, age),
})

export const money = defineModel(Money, {
  tag: 'money',
  fields: z.object({ cents: z.bigint(), currency: z.string() }),
  decode: ({ cents, currency }) => new Money(cents, currency),
})

export const lineItem = defineModel(LineItem, {
  tag: 'line-item',
  fields: z.object({ sku: z.string(), title: z.string(), quantity: z.number(), price: money.schema }),
  decode: ({ sku, title, quantity, price }) => new LineItem(sku, title, quantity, price),
})

export const order = defineModel(Order, {
  tag: 'order',
  fields: z.object({
    id: z.string(),
    customer: person.schema,
    items: z.array(lineItem.schema),
    placedAt: z.date(),
    dueAt: z.date(),
    notes: z.map(z.string(), z.string()),
    tags: z.set(z.string()),
    ledger: z.bigint(),
  }),
  decode: (o) => new Order(o.id, o.customer, o.items, o.placedAt, o.dueAt, o.notes, o.tags, o.ledger),
})

export const models = [person, money, lineItem, order]

/** As large as one likes, and nothing else: each item is 100 bytes of JSON. */
export class Basket {
  constructor(readonly items: LineItem[]) {}
}

export const basket = defineModel(Basket, {
  tag: 'basket',
  fields: z.object({ items: z.array(lineItem.schema) }),
  decode: ({ items }) => new Basket(items),
})

/** An order whose items are all different, as a customer's would be. */
export function makeOrder(items: number): Order {
  return new Order(
    'order-2026-000417',
    new Person('John Fisher', 20),
    makeItems(items),
    new Date(1_790_000_000_000),
    new Date(1_790_600_000_000),
    new Map([
      ['door', 'ring twice'],
      ['gift', 'no'],
    ]),
    new Set(['fragile', 'cold']),
    9_007_199_254_740_993n,
  )
}

export function makeItems(count: number): LineItem[] {
  return Array.from({ length: count }, (_, index) => {
    const cents = BigInt(1250 + index * 37)
    return new LineItem(`sku-${4711 + index}`, `Pickled thing no. ${index}`, 1 + (index % 5), new Money(cents, 'EUR'))
  })
}

/** The same order without a class, and with all that JSON lacks. */
export function makePlainOrder(items: number): object {
  const { customer, items: lines, ...order } = makeOrder(items)
  return {
    ...order,
    customer: { ...customer },
    items: lines.map(({ price, ...line }) => ({ ...line, price: { ...price } })),
  }
}
