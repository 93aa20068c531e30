import { BrineError, createWorker, defineQueue } from 'brinemq'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createRepeatedErrors } from '../../src/worker/repeated-errors.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { quiet } from './people.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const readOnly = () =>
  new BrineError('REDIS_REFUSED', "Redis answered 'READONLY You can’t write', and nothing was done")
const noReplicas = () => new BrineError('REDIS_REFUSED', "Redis answered 'NOREPLICAS Not enough', and nothing was done")
const away = () => new BrineError('REDIS_UNREACHABLE', 'no Redis answers')
const lost = () => new BrineError('LOCK_LOST', 'the lock of job 1 is lost')

test('each kind of error is passed on at once, and then counted for an interval at a time', () => {
  const passed: Error[] = []
  const { report } = createRepeatedErrors((error) => passed.push(error), 10_000)
  for (let n = 0; n < 97; n++) for (const make of [readOnly, noReplicas, away]) report(make())
  expect(passed.map(String)).toEqual([readOnly(), noReplicas(), away()].map(String))
  vi.advanceTimersByTime(10_000)
  expect(passed.slice(3)).toMatchObject([
    { code: 'REDIS_REFUSED', message: expect.stringMatching(/96 more in 10 s: Redis answered 'READONLY/) },
    { code: 'REDIS_REFUSED', message: expect.stringMatching(/96 more in 10 s: Redis answered 'NOREPLICAS/) },
    { code: 'REDIS_UNREACHABLE', message: expect.stringMatching(/96 more in 10 s: no Redis answers$/) },
  ])
  report(away())
  vi.advanceTimersByTime(10_000)
  expect(passed.at(-1)).toMatchObject({ code: 'REDIS_UNREACHABLE', message: expect.stringContaining('1 more in 10 s') })
  vi.advanceTimersByTime(20_000)
  expect(passed).toHaveLength(7)
  report(away())
  expect(passed.at(-1)?.message).toBe(away().message)
})

test('errors of single jobs, and others, are all passed on', () => {
  const passed: Error[] = []
  const { report, close } = createRepeatedErrors((error) => passed.push(error))
  for (let n = 0; n < 3; n++) for (const error of [lost(), new TypeError('of the handler')]) report(error)
  expect(passed).toHaveLength(6)
  report(away())
  report(away())
  close()
  vi.advanceTimersByTime(60_000)
  expect(passed).toHaveLength(7)
})

test('what Redis refuses a worker has a code', async () => {
  vi.useRealTimers()
  const prefix = freshPrefix()
  const numbers = defineQueue('numbers', { prefix, jobs: { double: { payload: z.number() } } })
  await openClient().set(`${prefix}:numbers:wait`, 'no list')
  const told: Error[] = []
  const worker = createWorker(numbers, {
    ...{ ...quiet, connection: redisUrl, handlers: { double: () => {} } },
    onError: (error) => told.push(error),
  })
  onTestFinished(() => worker.close())
  await expect.poll(() => told.length).toBeGreaterThan(0)
  for (const error of told) expect(error).toMatchObject({ name: 'BrineError', code: 'REDIS_REFUSED' })
})
