import { createInline, createTestClock } from 'brinemq/testing'
import { describe, expect, test } from 'vitest'
import { rejection } from '../queue/people.ts'
import { ada, openInline, people } from './open-inline.ts'

describe('a handle in memory', () => {
  test('tells state, progress, logs and times, as in production', async () => {
    const inline = createInline(people, {
      clock: createTestClock(new Date(0)),
      handlers: {
        greet: async ({ person: who }, { progress, log }) => {
          await progress({ percent: 50 })
          await log('half')
          await log('whole')
          return { text: '', greetedAt: new Date(0), friends: [who] }
        },
        anything: () => {},
      },
    })
    const job = await inline.enqueue('greet', { person: ada, at: new Date() }, { delay: 100 })
    expect(await job.state()).toBe('delayed')
    expect(await job.progress()).toBeUndefined()
    await inline.clock.advance(100)
    expect(await job.state()).toBe('completed')
    expect(await job.progress()).toEqual({ percent: 50 })
    expect(await job.logs({ start: 1 })).toEqual({ logs: ['whole'], count: 2 })
    expect(await job.info()).toMatchObject({
      attempts: 1,
      starts: 1,
      enqueuedAt: new Date(0),
      startedAt: new Date(100),
    })
  })

  test('cancels a job that waits, and one that runs', async () => {
    let running = () => {}
    const started = new Promise<void>((resolve) => {
      running = resolve
    })
    const inline = openInline(
      (_payload, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          running()
        }),
    )
    const waits = await inline.enqueue('anything', 1, { delay: 100 })
    expect(await waits.cancel('enough')).toMatchObject({ state: 'removed' })
    expect(await rejection(waits.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    expect(await waits.state()).toBe('missing')
    const enqueued = inline.enqueue('anything', 2, { jobId: 'runs', attempts: 3 })
    await started
    expect(await inline.job('anything', 'runs').cancel()).toMatchObject({ state: 'requested' })
    expect(await rejection((await enqueued).result())).toMatchObject({ code: 'JOB_CANCELLED' })
  })

  test('lets a job that failed run again, and a delayed one now', async () => {
    let fails = true
    const inline = openInline((payload) => {
      if (fails) throw new Error('no')
      return payload
    })
    const job = await inline.enqueue('anything', 1)
    expect(await rejection(job.promote())).toMatchObject({ code: 'JOB_STATE_INVALID' })
    expect(await rejection(job.result())).toMatchObject({ message: 'no' })
    fails = false
    await job.retry()
    expect(await job.result()).toBe(1)
    const delayed = await inline.enqueue('anything', 2, { delay: 100 })
    await delayed.promote()
    expect(await delayed.result()).toBe(2)
    await job.remove()
    expect(await job.state()).toBe('missing')
  })
})
