import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { z } from 'zod'
import { Callback, Expired, GatewayError, OutOfStock, PaymentFailed, Picky, Rejected } from './errors.ts'

/** A failure, and what arrives of it. */
export interface Case {
  readonly title: string
  readonly thrown: () => unknown
  readonly class: abstract new (...args: never[]) => unknown
  /** Some of its properties. */
  readonly arrives: object
  readonly omitted?: readonly string[]
}

function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new TypeError('nothing was thrown')
}

function withAccessor(error: Error, name: string, enumerable: boolean): Error {
  const get = () => {
    throw new Error('nobody may read this')
  }
  return Object.defineProperty(error, name, { get, enumerable, configurable: true })
}

function causedByItself<E extends Error>(error: E): E {
  error.cause = { error }
  return error
}

function chainOf(length: number): Error {
  let error: Error = new GatewayError('first', 0)
  for (let at = 1; at < length; at += 1) error = new GatewayError(`number ${at}`, at, { cause: error })
  return error
}

/** As axios makes them: with functions and instances among the properties that a caller may want. */
function likeAxios(): Error {
  class Headers {
    accept = 'json'
  }
  const config = { url: '/pay', method: 'post', transformRequest: [(data: unknown) => data], headers: new Headers() }
  const response = {
    status: 402,
    data: { reason: 'no funds' },
    headers: new Headers(),
    config,
    request: new Response(),
  }
  const error = new Error('Request failed with status code 402')
  return Object.assign(error, { name: 'AxiosError', code: 'ERR_BAD_REQUEST', status: 402, config, response })
}

function oldStyle(): unknown {
  function Failure(this: { message: string; status: number }) {
    this.message = 'old style'
    this.status = 503
  }
  Failure.prototype = Object.create(TypeError.prototype, { constructor: { value: Failure } })
  return Reflect.construct(Failure, [])
}

const long = 'x'.repeat(2_000_000)

export const cases: readonly Case[] = [
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
    title: 'a registered error in plain data of which parts cannot travel',
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
    title: 'a registered error deep in plain data of another',
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
    title: 'a plain error with one function among its properties',
    thrown: () => Object.assign(new Error('x'), { details: 1, at: new Date(0), response: { status: 200, json() {} } }),
    class: Error,
    arrives: { message: 'x', details: 1, at: new Date(0), response: { status: 200 } },
    omitted: ['$.response.json'],
  },
  {
    title: "a plain error with others' data",
    thrown: () =>
      Object.assign(new GatewayError('x', 1), {
        meta: { seen: new Date(0) },
        extensions: new Map([[1, 2n]]),
        issues: [{ path: ['a'] }],
      }),
    class: Error,
    arrives: {
      name: 'GatewayError',
      meta: { seen: new Date(0) },
      extensions: new Map([[1, 2n]]),
      issues: [{ path: ['a'] }],
    },
  },
  {
    title: 'an error with a promise, a symbol, an accessor and a class instance',
    thrown: () =>
      withAccessor(
        Object.assign(new TypeError('x'), {
          ok: true,
          later: Promise.resolve(),
          kind: Symbol('k'),
          url: new (class Place {})(),
        }),
        'lazy',
        true,
      ),
    class: TypeError,
    arrives: { message: 'x', ok: true },
    omitted: ['$.later', '$.kind', '$.url', '$.lazy'],
  },
  {
    title: 'an error whose message throws',
    thrown: () => withAccessor(new Error('x'), 'message', false),
    class: Error,
    arrives: {},
    omitted: ['$.message'],
  },
  {
    title: 'a ZodError',
    thrown: () => caught(() => z.object({ age: z.number() }).parse({ age: '7' })),
    class: Error,
    arrives: { name: 'ZodError', issues: [{ code: 'invalid_type', path: ['age'] }] },
  },
  {
    title: 'an error of the file system',
    thrown: () => caught(() => readFileSync('/there is no such file')),
    class: Error,
    arrives: { code: 'ENOENT', syscall: 'open' },
  },
  {
    title: 'an error as axios makes it',
    thrown: likeAxios,
    class: Error,
    arrives: {
      name: 'AxiosError',
      code: 'ERR_BAD_REQUEST',
      status: 402,
      config: { url: '/pay', method: 'post' },
      response: { status: 402, data: { reason: 'no funds' } },
    },
    omitted: ['$.config.headers', '$.response.headers', '$.response.request', '$.config.transformRequest[0]'],
  },
  {
    title: 'an AggregateError of many kinds',
    thrown: () =>
      new AggregateError(
        [new GatewayError('a', 1), new OutOfStock('b'), () => 1, 'a text', new RangeError('c')],
        'many',
      ),
    class: AggregateError,
    arrives: {
      message: 'many',
      errors: [{ name: 'GatewayError', status: 1 }, { sku: 'b' }, undefined, 'a text', { message: 'c' }],
    },
    omitted: ['$.errors[2]'],
  },
  {
    title: 'a DOMException',
    thrown: () => AbortSignal.abort().reason,
    class: DOMException,
    arrives: { name: 'AbortError' },
  },
  {
    title: 'an error of another realm, with data of that realm and a part that cannot travel',
    thrown: () =>
      runInNewContext(
        'Object.assign(new RangeError("far"), { at: new Date(0), list: [1, { by: new Map([[1, 2]]) }], run() {} })',
      ),
    class: RangeError,
    arrives: { message: 'far', at: new Date(0), list: [1, { by: new Map([[1, 2]]) }] },
    omitted: ['$.run'],
  },
  {
    title: 'an error that is its own cause',
    thrown: () => causedByItself(new GatewayError('ring', 1)),
    class: Error,
    arrives: { name: 'GatewayError', cause: { error: { message: 'ring' } } },
  },
  {
    title: 'a frozen error',
    thrown: () => Object.freeze(new OutOfStock('apples', { cause: Object.freeze(new GatewayError('x', 1)) })),
    class: OutOfStock,
    arrives: { sku: 'apples', cause: { name: 'GatewayError' } },
  },
  {
    title: 'an error without the slot of an error',
    thrown: oldStyle,
    class: TypeError,
    arrives: { message: 'old style', status: 503 },
  },
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
    omitted: expect.arrayContaining([expect.stringMatching(/^\$\.list\[\d+\]$/)]),
  },
  {
    title: 'a chain of causes over the limits',
    thrown: () => chainOf(5_000),
    class: Error,
    arrives: { message: 'number 4999', cause: { message: 'number 4998', cause: { message: 'number 4997' } } },
    omitted: [expect.stringMatching(/^\$\.cause\.cause.*\.cause$/)],
  },
]
