import { expect } from 'vitest'
import { type Case, causedByItself } from './case.ts'
import { Callback, Expired, GatewayError, OutOfStock, PaymentFailed, Picky, Rejected } from './errors.ts'

/** Errors that have a model. */
export const registeredCases: readonly Case[] = [
  {
    title: 'a registered error with a cause of a class without a model',
    thrown: () => new PaymentFailed('declined', 'o1', { cause: new GatewayError('no answer', 503) }),
    class: PaymentFailed,
    arrives: { orderId: 'o1', cause: { name: 'GatewayError', message: 'no answer', status: 503 } },
  },
  {
    title: 'a registered error whose cause cannot travel at all',
    thrown: () => new PaymentFailed('declined', 'o1', { cause: new Response('x') }),
    class: PaymentFailed,
    arrives: { message: 'declined', orderId: 'o1' },
    omitted: ['$.cause'],
  },
  {
    title: 'a registered error whose cause is a plain object with a function',
    thrown: () => new PaymentFailed('declined', 'o1', { cause: { status: 503, json: () => 1 } }),
    class: PaymentFailed,
    arrives: { orderId: 'o1', cause: { status: 503 } },
    omitted: ['$.cause.json'],
  },
  {
    title: 'a registered error that declares no cause',
    thrown: () => new OutOfStock('apples', { cause: new GatewayError('no answer', 503) }),
    class: OutOfStock,
    arrives: { message: 'out of stock: apples', name: 'OutOfStock', sku: 'apples', cause: { status: 503 } },
  },
  {
    title: 'a registered error with a property that its model does not declare',
    thrown: () => Object.assign(new OutOfStock('apples'), { requestId: 'r1' }),
    class: OutOfStock,
    arrives: { sku: 'apples' },
    omitted: ['$.requestId'],
  },
  {
    title: 'a registered error that decode builds, with a cause',
    thrown: () => new Expired(new Date(0), { cause: new GatewayError('no answer', 503) }),
    class: Expired,
    arrives: { at: new Date(0), message: 'expired', cause: { name: 'GatewayError' } },
  },
  {
    title: 'a registered error that decode builds, in a cycle',
    thrown: () => causedByItself(new Expired(new Date(0))),
    class: Expired,
    arrives: { at: new Date(0) },
    omitted: ['$.cause'],
  },
  {
    title: 'a registered error whose plain data holds values that cannot travel',
    thrown: () =>
      new Rejected('no', {
        meta: new Map([['at', new Date(0)]]),
        tags: new Set([1, () => 1]),
        list: [1, Symbol('x'), 3],
      }),
    class: Rejected,
    arrives: { details: { meta: new Map([['at', new Date(0)]]), tags: new Set([1]), list: [1, undefined, 3] } },
    omitted: ['$.details.tags.member(1)', '$.details.list[1]'],
  },
  {
    title: 'a registered error deep in the plain data of another error',
    thrown: () =>
      new GatewayError('many', 500, {
        cause: [{ first: new OutOfStock('apples') }, new Map([['second', new GatewayError('x', 1)]])],
      }),
    class: Error,
    arrives: { cause: [{ first: { sku: 'apples', name: 'OutOfStock' } }, expect.any(Map)] },
  },
  {
    title: 'a registered error whose fields need what cannot travel',
    thrown: () => new Callback(() => 1),
    class: Error,
    arrives: { message: 'call me' },
    omitted: ['$.call'],
  },
  {
    title: 'a registered error whose decode refuses what is left',
    thrown: () => new Picky({ retry: () => 1 }),
    class: Error,
    arrives: { message: 'picky', details: {} },
    omitted: ['$.details.retry'],
  },
  {
    title: 'a frozen error',
    thrown: () => Object.freeze(new OutOfStock('apples', { cause: Object.freeze(new GatewayError('x', 1)) })),
    class: OutOfStock,
    arrives: { sku: 'apples', cause: { name: 'GatewayError' } },
  },
]
