import { LineItem, Money, Order, Person } from './order.ts'

/** What a careful programmer writes today: a plain form for JSON, and the way back, without any check. */
export type PlainOrder = ReturnType<typeof toPlain>
export type PlainItems = ReturnType<typeof itemsToPlain>

export function toPlain(order: Order) {
  return {
    id: order.id,
    customer: { name: order.customer.name, age: order.customer.age },
    items: itemsToPlain(order.items),
    placedAt: order.placedAt.toISOString(),
    dueAt: order.dueAt.toISOString(),
    notes: [...order.notes],
    tags: [...order.tags],
    ledger: `${order.ledger}`,
  }
}

export function fromPlain(plain: PlainOrder): Order {
  return new Order(
    plain.id,
    new Person(plain.customer.name, plain.customer.age),
    itemsFromPlain(plain.items),
    new Date(plain.placedAt),
    new Date(plain.dueAt),
    new Map(plain.notes.map(([key = '', value = '']) => [key, value])),
    new Set(plain.tags),
    BigInt(plain.ledger),
  )
}

export function itemsToPlain(items: readonly LineItem[]) {
  return items.map(({ sku, title, quantity, price }) => ({
    sku,
    title,
    quantity,
    price: { cents: `${price.cents}`, currency: price.currency },
  }))
}

export function itemsFromPlain(plain: PlainItems): LineItem[] {
  return plain.map(
    ({ sku, title, quantity, price }) =>
      new LineItem(sku, title, quantity, new Money(BigInt(price.cents), price.currency)),
  )
}
