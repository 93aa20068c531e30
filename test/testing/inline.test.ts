import { defineQueue } from 'brinemq'
import { createInline } from 'brinemq/testing'
import { UnrecoverableError } from 'bullmq'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { rejection, TooYoung } from '../queue/people.ts'
import { ada, openInline, people } from './open-inline.ts'

describe('inline', () => {
  test('runs the handler at once, with a copy of its class, and gives the result', async () => {
    const seen: unknown[] = []
    const inline = openInline((payload, { id, name, attempt, maxAttempts, enqueuedAt }) => {
      seen.push(payload, id, name, attempt, maxAttempts, enqueuedAt)
      return payload
    })
    const job = await inline.enqueue('anything', ada, { jobId: 'a', attempts: 2 })
    expect(seen).toEqual([ada, 'a', 'anything', 1, 2, inline.clock.now])
    expect(seen[0]).not.toBe(ada)
    const result = await job.result()
    expect(result).toEqual(ada)
    expect(result).not.toBe(seen[0])
    expect(await (await inline.enqueue('greet', { person: ada, at: new Date(5) })).result()).toEqual({
      text: 'Hi Ada 36',
      greetedAt: new Date(5),
      friends: [ada],
    })
  })

  test("gives the handler's error by its result, as its class, and not by the enqueue", async () => {
    const inline = openInline(() => {
      throw new TooYoung(ada, { cause: new RangeError('7 < 18') })
    })
    const job = await inline.enqueue('anything', 1)
    const error = await rejection(job.result())
    expect(error).toBeInstanceOf(TooYoung)
    expect(error).toMatchObject({ person: ada, cause: { message: '7 < 18' } })
  })

  test.each([
    ['a result that its schema refuses', 'RESULT_INVALID', () => ({ text: 5 })],
    ['a result that cannot travel', 'UNSUPPORTED_VALUE', () => ({ text: 'x', notify: () => 1 })],
  ])('fails a job at once for %s, whatever its attempts', async (_title, code, result) => {
    const attempts: number[] = []
    const queue = defineQueue('q', {
      jobs: { a: { payload: z.unknown(), result: z.looseObject({ text: z.string() }) } },
    })
    const inline = createInline(queue, {
      handlers: {
        a: (_payload, { attempt }) => {
          attempts.push(attempt)
          return Reflect.apply(result, undefined, [])
        },
      },
    })
    expect(await rejection((await inline.enqueue('a', 1, { attempts: 3 })).result())).toMatchObject({ code, job: 'a' })
    expect(attempts).toEqual([1])
  })

  test('puts a job in quarantine whose payload a transform refuses', async () => {
    const queue = defineQueue('q', {
      jobs: {
        a: {
          payload: z
            .object({ n: z.number() })
            .transform(({ n }) => 1 / n)
            .pipe(z.number().max(10)),
        },
      },
    })
    const inline = createInline(queue, { handlers: { a: (n) => n } })
    const refused = await inline.enqueue('a', { n: 0 }, { attempts: 3, removeOnFail: true })
    const told = { code: 'JOB_QUARANTINED', job: 'a', path: '$', cause: { code: 'PAYLOAD_INVALID' } }
    expect(await rejection(refused.result())).toMatchObject(told)
    expect(await refused.state()).toBe('quarantined')
    expect(await inline.control.counts()).toMatchObject({ quarantined: 1, failed: 0 })
    expect(await (await inline.enqueue('a', { n: 0.5 })).result()).toBe(2)
    expect(await inline.drain()).toMatchObject([{ state: 'quarantined', error: told }, { state: 'completed' }])
  })

  test('retries at once, and with a backoff when the clock comes there', async () => {
    const times: number[] = []
    const inline = openInline((payload, { attempt }) => {
      times.push(inline.clock.now.getTime())
      if (attempt < 3) throw new Error(`attempt ${attempt}`)
      return payload
    })
    const start = inline.clock.now.getTime()
    expect(await (await inline.enqueue('anything', 1, { attempts: 3 })).result()).toBe(1)
    expect(times.splice(0)).toEqual([start, start, start])

    const job = await inline.enqueue('anything', 2, { attempts: 3, backoff: { type: 'exponential', delay: 100 } })
    expect(times).toEqual([start])
    await inline.clock.advance(99)
    expect(times).toEqual([start])
    await inline.clock.advance(1)
    expect(times).toEqual([start, start + 100])
    await inline.clock.advance(1_000)
    expect(times).toEqual([start, start + 100, start + 300])
    expect(await job.result()).toBe(2)
    expect(inline.clock.now.getTime()).toBe(start + 1_100)
  })

  test("asks the user's backoff strategy, with the error that the handler threw", async () => {
    const asked: unknown[] = []
    const inline = openInline(
      () => {
        throw new TooYoung(ada)
      },
      {
        settings: {
          backoffStrategy: (attempts, _type, error) => {
            asked.push([attempts, error])
            return 250
          },
        },
      },
    )
    const job = await inline.enqueue('anything', 1, { attempts: 2, backoff: { type: 'mine' } })
    await inline.clock.advance(250)
    expect(await rejection(job.result())).toBeInstanceOf(TooYoung)
    expect(asked).toEqual([[1, expect.any(TooYoung)]])
  })

  test("does not retry after BullMQ's UnrecoverableError", async () => {
    const inline = openInline(() => {
      throw new UnrecoverableError('no')
    })
    await inline.enqueue('anything', 1, { attempts: 3 })
    expect(await inline.drain()).toMatchObject([{ state: 'failed', attempts: 1, error: { message: 'no' } }])
  })

  test('runs a delayed job when the clock comes there, and none of those that are not due', async () => {
    const ran: unknown[] = []
    const inline = openInline((payload) => ran.push(payload))
    await inline.enqueue('anything', 'late', { delay: 200 })
    const early = await inline.enqueue('anything', 'early', { delay: 100 })
    const result = early.result()
    await inline.clock.advance(150)
    expect(ran).toEqual(['early'])
    expect(await result).toBe(1)
    await inline.clock.advance(50)
    expect(ran).toEqual(['early', 'late'])
  })

  test('runs what a handler enqueues, whose results it may wait for', async () => {
    const inline = openInline(async (payload, { name }) => {
      if (payload === 'child') return `${name} done`
      return await (await inline.enqueue('anything', 'child')).result()
    })
    expect(await (await inline.enqueue('anything', 'parent')).result()).toBe('anything done')
  })

  test('checks progress, and leaves it and logs to whoever asks', async () => {
    const errors: Error[] = []
    const inline = createInline(people, {
      handlers: {
        greet: async ({ person: who }, { progress, log }) => {
          await progress({ percent: 50 })
          await log('half')
          await rejection(Reflect.apply(progress, undefined, [{ percent: 'half' }]))
          return { text: '', greetedAt: new Date(0), friends: [who] }
        },
        anything: () => {},
      },
      onError: (error) => errors.push(error),
    })
    await (await inline.enqueue('greet', { person: ada, at: new Date() })).result()
    expect(errors).toMatchObject([{ code: 'PROGRESS_INVALID', job: 'greet' }])
  })

  test('tells of the queue no more after it was closed', async () => {
    const inline = openInline(() => 1)
    await inline.close()
    expect(await rejection(inline.enqueue('anything', 1))).toMatchObject({ code: 'CLOSED' })
  })
})
