import type { Model } from 'brinemq'
import { fromPlain, itemsFromPlain, itemsToPlain, type PlainItems, type PlainOrder, toPlain } from './by-hand.ts'
import { Basket, basket, lineItem, models, money, type Order, order, Person, person } from './order.ts'

/** What jobs carry: by its models, and mapped by hand. */
export interface Cargo<Value extends object, Plain> {
  readonly model: Model<Value>
  readonly models: readonly Model[]
  toPlain(value: Value): Plain
  fromPlain(plain: Plain): Value
}

export const ofOrders: Cargo<Order, PlainOrder> = { model: order, models, toPlain, fromPlain }

export const ofPeople: Cargo<Person, { name: string; age: number }> = {
  model: person,
  models: [person],
  toPlain: ({ name, age }) => ({ name, age }),
  fromPlain: ({ name, age }) => new Person(name, age),
}

export const ofBaskets: Cargo<Basket, { items: PlainItems }> = {
  model: basket,
  models: [money, lineItem, basket],
  toPlain: ({ items }) => ({ items: itemsToPlain(items) }),
  fromPlain: ({ items }) => new Basket(itemsFromPlain(items)),
}
