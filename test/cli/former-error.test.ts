import { createProducer, createWorker } from 'brinemq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { rejection } from '../queue/people.ts'
import { brine } from './brine.ts'
import { loans, Reader } from './project/library.ts'

vi.setConfig({ testTimeout: 90_000 })

test('an error of an earlier attempt is labelled as one, and is not printed as the outcome', async () => {
  const prefix = freshPrefix()
  const producer = createProducer(loans, { connection: redisUrl, prefix })
  const worker = createWorker(loans, {
    ...{ connection: redisUrl, prefix, shutdownOnSignals: false, onError: () => {}, drainDelay: 1 },
    handlers: {
      lend: async ({ to }, { attempt, id }) => {
        if (attempt === 1 || id === 'lost') throw new RangeError(`no reader "${to.name}"`)
        return { shelf: 'A7', at: new Date(0) }
      },
      remind: () => {},
    },
  })
  onTestFinished(async () => {
    await worker.close()
    await producer.close()
  })
  const lend = (jobId: string, options = {}) => {
    const payload = { to: Object.assign(new Reader(), { name: 'Ann' }), due: new Date(0), tags: new Set<string>() }
    return producer.enqueue('lend', payload, { jobId, ...options })
  }
  await (await lend('found')).result()
  await rejection((await lend('lost', { attempts: 1 })).result())
  const later = await lend('later', { backoff: 600_000 })
  await expect.poll(() => later.state()).toBe('delayed')
  const run = async (...args: string[]) => (await brine(args, { prefix })).out

  const found = await run('show', 'found')
  expect(found).toContain('error of an earlier attempt\n  RangeError: no reader "Ann"')
  expect(found).not.toMatch(/^error$/m)
  const lost = await run('show', 'lost')
  expect(lost).toMatch(/^error\n {2}RangeError: no reader "Ann"/m)
  expect(lost).not.toContain('earlier attempt')
  expect(await run('jobs', '--state', 'completed')).not.toContain('no reader')
  expect(await run('jobs', '--state', 'delayed')).toContain('earlier attempt: RangeError: no reader "Ann"')
  expect(await run('jobs', '--state', 'failed')).toMatch(/\s{2}RangeError: no reader "Ann"/)
  const machine = JSON.parse(await run('jobs', '--state', 'completed', '--json'))
  expect(machine.jobs).toMatchObject([{ id: 'found', formerError: { kind: 'RangeError', message: 'no reader "Ann"' } }])
  expect(machine.jobs[0]).not.toHaveProperty('error')
})
