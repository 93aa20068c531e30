import { expect } from 'vitest'
import type { Case } from './case.ts'
import { GatewayError, PaymentFailed } from './errors.ts'

function chainOf(length: number): Error {
  let error: Error = new GatewayError('first', 0)
  for (let at = 1; at < length; at += 1) error = new GatewayError(`number ${at}`, at, { cause: error })
  return error
}

const long = 'x'.repeat(2_000_000)

/** Errors over the codec's limits. */
export const largeCases: readonly Case[] = [
  {
    title: 'a registered error with a message over the limits',
    thrown: () => new PaymentFailed(long, 'o1'),
    class: PaymentFailed,
    arrives: { orderId: 'o1', message: expect.stringMatching(/^x{9999,10000}…$/) },
    omitted: ['$.message'],
  },
  {
    title: 'an error with a property over the limits',
    thrown: () => Object.assign(new GatewayError('too much', 413), { body: long, code: 'E_BODY' }),
    class: Error,
    arrives: { message: 'too much', status: 413, code: 'E_BODY' },
    omitted: ['$.body'],
  },
  {
    title: 'an error with more values than the limits take',
    thrown: () =>
      Object.assign(new GatewayError('too many', 413), {
        list: Array.from({ length: 90_000 }, (_, id) => ({ id })),
        code: 'E_LIST',
      }),
    class: Error,
    arrives: { message: 'too many', status: 413, code: 'E_LIST', list: expect.arrayContaining([{ id: 0 }]) },
    omitted: expect.arrayContaining([expect.stringMatching(/^\$\.(?:list|value\(\d+\))\[\d+\]$/)]),
  },
  {
    title: 'a chain of causes over the limits',
    thrown: () => chainOf(5_000),
    class: Error,
    arrives: { message: 'number 4999', cause: { message: 'number 4998', cause: { message: 'number 4997' } } },
    omitted: [expect.stringMatching(/^\$\.cause\.cause.*\.cause$/)],
  },
]
