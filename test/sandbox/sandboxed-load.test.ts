import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createProducer, createWorker, sandboxed, type WorkerOptions } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { quiet, rejection } from '../queue/people.ts'
import { Order, type Orders, ordersQueue } from './handlers/contract.ts'

const handler = "export { default } from '../obey.ts'\n"

/** A worker whose handler is a module that the test writes and mends. */
async function open(where: 'thread' | 'process', code: string, more: Partial<WorkerOptions<Orders>> = {}) {
  const folder = await mkdtemp(join(import.meta.dirname, 'handlers', '.load-'))
  const file = join(folder, 'handler.ts')
  await writeFile(file, code)
  const contract = ordersQueue(freshPrefix())
  const producer = createProducer(contract, { connection: redisUrl })
  const worker = createWorker(contract, {
    ...quiet,
    handlers: { obey: sandboxed(pathToFileURL(file), { in: where }), hurry: () => {} },
    ...more,
  })
  onTestFinished(async () => {
    await Promise.all([worker.close(), producer.close()])
    await rm(folder, { recursive: true })
  })
  return {
    ...{ worker, file, folder },
    order: (attempts = 1) =>
      producer.enqueue('obey', new Order('work', new Date()), { attempts, backoff: { type: 'fixed', delay: 1 } }),
    write: (name: string, text: string) => writeFile(join(folder, name), text),
  }
}

const throwing = (thrown: string) => `import { BrineError } from '../../../../src/errors.ts'
import { existsSync } from 'node:fs'
import { Refusal, Order } from '../contract.ts'
if (!existsSync(new URL('./up', import.meta.url))) ${thrown}
void [BrineError, Refusal, Order]
${handler}`

const thrown: [what: string, code: string, error: unknown][] = [
  [
    'a built-in error with a code',
    "throw Object.assign(new RangeError('connect'), { code: 'ECONNREFUSED' })",
    Object.assign(new RangeError('connect'), { code: 'ECONNREFUSED' }),
  ],
  [
    'an error of BrineMQ that may be tried again',
    "throw new BrineError('REDIS_UNREACHABLE', 'away')",
    expect.objectContaining({ code: 'REDIS_UNREACHABLE' }),
  ],
  ['a text that does not parse', "JSON.parse('{')", expect.any(SyntaxError)],
  ['a promise that rejects', "await Promise.reject(new TypeError('away'))", new TypeError('away')],
]

describe('a handler whose module throws as it is loaded', () => {
  test.each([
    ...thrown.map((row) => ['thread', ...row] as const),
    ...thrown.slice(0, 1).map((row) => ['process', ...row] as const),
  ])('in a %s fails the attempt with that, and runs the next job well: %s', async (where, _what, code, error) => {
    const { order, write } = await open(where, throwing(code))
    expect(await rejection((await order()).result())).toEqual(error)
    await write('up', '')
    expect(await (await order()).result()).toMatchObject({ attempt: 1 })
  })
})

test('what a module throws as it is loaded counts as an attempt, and the next attempt loads it again', async () => {
  const { order, write, worker } = await open('thread', throwing("throw new Error('away')"))
  const failed = once(worker.bullmq, 'failed')
  const job = await order(1_000)
  await failed
  await write('up', '')
  expect((await job.result()).attempt).toBeGreaterThan(1)
})

test('what a module throws as it is loaded is for `retry` to decide, by its class', async () => {
  const seen: unknown[] = []
  const { order } = await open('thread', throwing("throw new RangeError('never')"), {
    retry: (error) => {
      seen.push(error)
      return !(error instanceof RangeError)
    },
  })
  const job = await order(5)
  expect(await rejection(job.result())).toEqual(new RangeError('never'))
  expect([seen.length, (await job.info())?.attempts]).toEqual([1, 1])
})

const missing: [what: string, code: string][] = [
  ['a file that it imports', `import './part.ts'\n${handler}`],
  ['an export that it imports', `import { gone } from './there.ts'\nvoid gone\n${handler}`],
  ['its own default export', 'export const handler = 1\n'],
]

describe('a handler whose module misses', () => {
  test.each(missing)('%s fails without another attempt, and works once that is there', async (_what, code) => {
    const { order, write } = await open('thread', code)
    await write('there.ts', 'export const other = 1\n')
    const job = await order(5)
    expect(await rejection(job.result())).toMatchObject({ code: 'OPTIONS_INVALID', job: 'obey' })
    expect((await job.info())?.attempts).toBe(1)
    await write('part.ts', 'export {}\n')
    await write('there.ts', 'export const gone = 1\n')
    await write('handler.ts', code.includes('obey') ? code : handler)
    expect(await (await order()).result()).toMatchObject({ attempt: 1 })
  })
})
