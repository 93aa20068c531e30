import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import { type Case, causedByItself } from './case.ts'
import { GatewayError, OutOfStock } from './errors.ts'

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

/** Errors of built-in classes, and of classes without a model. */
export const unregisteredCases: readonly Case[] = [
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
    title: 'an error without the slot of an error',
    thrown: oldStyle,
    class: TypeError,
    arrives: { message: 'old style', status: 503 },
  },
]
