import { defineQueue } from 'brinemq'
import { createInline, createTestClock } from 'brinemq/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { TooYoung } from '../queue/people.ts'
import { ada, openInline } from './open-inline.ts'

describe('drain', () => {
  test('runs all that waits, delays and retries included, and reports how it ended, in order', async () => {
    const inline = openInline((payload, { attempt }) => {
      if (payload === 'bad') throw new TooYoung(ada)
      if (payload === 'flaky' && attempt < 3) throw new Error('again')
      return payload
    })
    const start = inline.clock.now.getTime()
    await inline.enqueue('anything', 'late', { delay: 86_400_000 })
    await inline.enqueue('anything', 'flaky', { attempts: 5, backoff: 1_000 })
    await inline.enqueue('anything', 'bad', { attempts: 2, backoff: 500 })
    const { id } = await inline.enqueue('anything', ada, { removeOnComplete: true })
    expect(await inline.drain()).toEqual([
      { id, name: 'anything', attempts: 1, state: 'completed', result: ada },
      { id: expect.any(String), name: 'anything', attempts: 2, state: 'failed', error: expect.any(TooYoung) },
      { id: expect.any(String), name: 'anything', attempts: 3, state: 'completed', result: 'flaky' },
      { id: expect.any(String), name: 'anything', attempts: 1, state: 'completed', result: 'late' },
    ])
    expect(inline.clock.now.getTime()).toBe(start + 86_400_000)
    expect(await inline.drain()).toEqual([])
  })

  test("takes jobs in BullMQ's order when they were left to wait", async () => {
    const ran: unknown[] = []
    const inline = openInline((payload) => ran.push(payload), { autorun: false })
    await inline.enqueueBulk([
      { name: 'anything', payload: 'priority 2', options: { priority: 2 } },
      { name: 'anything', payload: 'priority 1', options: { priority: 1 } },
      { name: 'anything', payload: 'first' },
      { name: 'anything', payload: 'second' },
      { name: 'anything', payload: 'lifo', options: { lifo: true } },
    ])
    expect(ran).toEqual([])
    await inline.drain()
    expect(ran).toEqual(['lifo', 'first', 'second', 'priority 1', 'priority 2'])
  })

  test('goes through several queues that share a clock', async () => {
    const clock = createTestClock(new Date(0))
    const ran: string[] = []
    const letters = defineQueue('letters', { jobs: { send: { payload: z.string() } } })
    const mail = createInline(letters, {
      clock,
      handlers: { send: (to) => ran.push(`${to} at ${clock.now.getTime()}`) },
    })
    const inline = openInline(
      async (payload) => {
        await mail.enqueue('send', String(payload), { delay: 100 })
      },
      { clock },
    )
    await inline.enqueue('anything', 'Ada', { delay: 1_000 })
    await inline.drain()
    await mail.drain()
    expect(ran).toEqual(['Ada at 1100'])
  })
})

test('maps payloads to outcomes in memory', async () => {
  const inline = openInline((payload) => payload)
  const outcomes: unknown[] = []
  for await (const outcome of inline.map('anything', [ada, () => 1], { ordered: true })) outcomes.push(outcome)
  expect(outcomes).toMatchObject([
    { status: 'completed', result: ada },
    { status: 'failed', error: { code: 'UNSUPPORTED_VALUE' } },
  ])
})
