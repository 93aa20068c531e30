import { createTestClock } from 'brinemq/testing'
import { describe, expect, test } from 'vitest'
import { rejection } from '../queue/people.ts'
import { openInline } from './open-inline.ts'

describe('deduplication in memory', () => {
  const options = (mode: object) => ({ deduplication: { id: 'd', ...mode } })

  test('lets one through until it has ended', async () => {
    const ran: unknown[] = []
    const inline = openInline((payload) => ran.push(payload))
    await inline.enqueue('anything', 1, { ...options({}), delay: 100 })
    await inline.enqueue('anything', 2, options({}))
    await inline.clock.advance(100)
    await inline.enqueue('anything', 3, options({}))
    expect(ran).toEqual([1, 3])
  })

  test('puts off the end of its time, and replaces a job that is delayed', async () => {
    const ran: unknown[] = []
    const inline = openInline((payload) => ran.push(payload))
    const first = await inline.enqueue('anything', 1, {
      ...options({ ttl: 100, extend: true, replace: true }),
      delay: 100,
    })
    await inline.clock.advance(60)
    await inline.enqueue('anything', 2, { ...options({ ttl: 100, extend: true, replace: true }), delay: 100 })
    expect(await rejection(first.result())).toMatchObject({ code: 'JOB_REMOVED' })
    await inline.drain()
    expect(ran).toEqual([2])
  })

  test('keeps the last that came while one was active', async () => {
    const ran: unknown[] = []
    const inline = openInline(async (payload) => {
      ran.push(payload)
      if (payload !== 1) return
      await inline.enqueue('anything', 2, options({ keepLastIfActive: true }))
      await inline.enqueue('anything', 3, options({ keepLastIfActive: true }))
    })
    await inline.enqueue('anything', 1, options({ keepLastIfActive: true }))
    await inline.drain()
    expect(ran).toEqual([1, 3])
  })
})

describe('inline, as the worker has it', () => {
  test("puts a job back at no attempt's cost, and stops taking jobs at a rate limit", async () => {
    const clock = createTestClock(new Date(0))
    const ran: [unknown, number, number][] = []
    const inline = openInline(
      (payload, { attempt, delay, rateLimit }) => {
        const times = ran.filter(([other]) => other === payload).length
        ran.push([payload, attempt, clock.now.getTime()])
        if (payload === 'delay' && times === 0) throw delay(250)
        if (payload === '429' && times === 0) throw rateLimit(1_000)
      },
      { clock },
    )
    await inline.enqueue('anything', 'delay')
    await inline.enqueue('anything', '429')
    await inline.enqueue('anything', 'other')
    expect(await inline.drain()).toHaveLength(3)
    expect(ran).toEqual([
      ['delay', 1, 0],
      ['429', 1, 0],
      ['429', 1, 1_000],
      ['other', 1, 1_000],
      ['delay', 1, 1_000],
    ])
  })

  test('asks retry, and runs middlewares of handlers and of enqueues', async () => {
    const told: string[] = []
    const inline = openInline(
      () => {
        throw new RangeError('no')
      },
      {
        retry: (_error, { attempt }) => (attempt === 1 ? { delayMs: 70 } : false),
        use: [
          (job, next) => {
            told.push(`handle ${job.name} ${job.metadata}`)
            return next()
          },
        ],
        enqueues: [
          (job, next) => {
            told.push(`enqueue ${job.name}`)
            return next({ telemetry: { metadata: 'trace' } })
          },
        ],
      },
    )
    await inline.enqueueBulk([{ name: 'anything', payload: 1, options: { attempts: 5 } }])
    await inline.clock.advance(69)
    expect(told).toEqual(['enqueue anything', 'handle anything trace'])
    expect(await inline.drain()).toMatchObject([{ state: 'failed', attempts: 2, error: { message: 'no' } }])
  })
})

describe('the control of a queue in memory', () => {
  test('pauses and resumes, counts, drains and cleans', async () => {
    const inline = openInline((payload) => {
      if (payload === 'fail') throw new Error('no')
    })
    const { control } = inline
    await inline.enqueue('anything', 'fail', { jobId: 'a' })
    await control.pause()
    await inline.enqueue('anything', 1, { jobId: 'b' })
    await inline.enqueue('anything', 1, { priority: 2 })
    await inline.enqueue('anything', 1, { delay: 5 })
    const none = {
      prioritized: 0,
      delayed: 0,
      'waiting-children': 0,
      active: 0,
      completed: 0,
      failed: 0,
      waiting: 0,
      quarantined: 0,
    }
    expect(await control.isPaused()).toBe(true)
    expect(await control.counts()).toEqual({ ...none, failed: 1, waiting: 1, prioritized: 1, delayed: 1 })
    expect(await inline.drain()).toMatchObject([{ id: 'a' }])
    expect((await control.counts()).waiting).toBe(2)
    await control.drain()
    expect(await inline.job('anything', 'b').state()).toBe('missing')
    await control.resume()
    await inline.enqueue('anything', 1, { jobId: 'c' })
    expect(await control.clean('failed')).toEqual(['a'])
    expect(await control.counts()).toEqual({ ...none, completed: 1 })
    await control.obliterate()
    expect(await control.counts()).toEqual(none)
  })

  test('lets failed jobs wait again, delayed ones at once, and deduplicated ones in', async () => {
    const ran: unknown[] = []
    const inline = openInline((payload) => {
      if (ran.push(payload) === 1) throw new Error('once')
    })
    const { control } = inline
    await inline.enqueue('anything', 'failed')
    await inline.enqueue('anything', 'delayed', { delay: 60_000 })
    await control.retryFailed()
    await control.promoteDelayed()
    expect(ran).toEqual(['failed', 'failed', 'delayed'])
    const options = { delay: 60_000, deduplication: { id: 'one' } }
    const first = await inline.enqueue('anything', 1, options)
    expect([await control.releaseDeduplication('one'), await control.releaseDeduplication('one')]).toEqual([
      true,
      false,
    ])
    expect((await inline.enqueue('anything', 1, options)).id).not.toBe(first.id)
  })

  test.each([
    ['of the queue', {}],
    ['of the worker', { limiter: { max: 2, duration: 1_000 } }],
  ])('begins no more jobs in a time than the rate limit %s allows', async (_title, options) => {
    const clock = createTestClock(new Date(0))
    const times: number[] = []
    const inline = openInline(() => void times.push(clock.now.getTime()), { clock, ...options })
    if (!('limiter' in options)) await inline.control.setRateLimit({ max: 2, durationMs: 1_000 })
    for (let index = 0; index < 5; index++) await inline.enqueue('anything', index)
    expect(times).toEqual([0, 0])
    await clock.advance(1_000)
    expect(times).toEqual([0, 0, 1_000, 1_000])
    await inline.drain()
    expect(times).toEqual([0, 0, 1_000, 1_000, 2_000])
  })

  test('begins nothing for a time when told so, and refuses what production refuses', async () => {
    const inline = openInline((payload) => payload)
    const { control, clock } = inline
    expect(await rejection(control.rateLimit(500))).toMatchObject({
      code: 'OPTIONS_INVALID',
      path: 'control.rateLimit',
    })
    await control.setRateLimit({ max: 100, durationMs: 1 })
    await control.rateLimit(500)
    const job = await inline.enqueue('anything', 1)
    await clock.advance(499)
    expect(await job.state()).toBe('waiting')
    await clock.advance(1)
    expect(await job.result()).toBe(1)
    expect(await rejection(control.setConcurrency(0))).toMatchObject({ path: 'control.setConcurrency' })
    await control.setConcurrency(3)
    await inline.close()
    expect(await rejection(control.pause())).toMatchObject({ code: 'CLOSED' })
  })
})
