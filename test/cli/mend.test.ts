import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { brine, brineProcess, type Ran } from './brine.ts'
import { setStage } from './project/stage.ts'

// Processes take a while to start where others start theirs.
vi.setConfig({ testTimeout: 90_000 })

const prefix = freshPrefix()
const run = (...args: string[]) => brine(args, { prefix })
// Each command as users run it, once.
const runProcess = (...args: string[]) => brineProcess(args, { prefix })
const json = ({ out }: Ran): unknown => JSON.parse(out)

let client: Redis
beforeAll(async () => {
  client = await setStage(prefix, redisUrl)
})
afterAll(() => client.disconnect())

test('retries, promotes and removes jobs by their ids, and fails for those that it cannot', async () => {
  const [retried, promoted, refused] = await Promise.all([
    runProcess('retry', 'lost'),
    runProcess('promote', 'later', '--json'),
    run('retry', 'next', 'nobody', '--json'),
  ])
  expect(retried).toMatchObject({ code: 0, out: 'retried lost of loans\n', err: '' })
  expect(json(promoted)).toEqual([{ id: 'later', queue: 'loans', done: true }])
  expect(refused.code).toBe(1)
  expect(json(refused)).toMatchObject([
    { id: 'next', done: false, reason: expect.stringContaining('JOB_STATE_INVALID') },
    { id: 'nobody', done: false },
  ])
  const unasked = await run('remove', 'lost', 'broken')
  expect(unasked).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--yes') })
  const removed = await runProcess('remove', 'lost', 'broken', '--yes')
  expect(removed).toMatchObject({ code: 0, out: 'removed lost of loans\nremoved broken of loans\n' })
  expect(await client.exists(`${prefix}:loans:lost`, `${prefix}:loans:broken`)).toBe(0)
})

test('pauses, resumes, retries all, cleans and drains a queue, but destroys nothing unasked', async () => {
  const which = await runProcess('pause')
  expect(which).toMatchObject({ code: 2, err: expect.stringContaining('loans, orders') })
  expect(await run('pause', '--queue', 'loans')).toMatchObject({ code: 0, out: 'loans is paused\n' })
  expect(json(await runProcess('resume', '--queue', 'loans', '--json'))).toEqual({ queue: 'loans', paused: false })
  const [retried, cleaned, unasked] = await Promise.all([
    run('retry', '--all', '--queue', 'loans', '--json'),
    runProcess('clean', '--state', 'completed', '--queue', 'loans', '--yes', '--json'),
    runProcess('drain', '--queue', 'orders'),
  ])
  expect(json(retried)).toEqual({ retried: 1 })
  expect(json(cleaned)).toEqual({ queue: 'loans', state: 'completed', removed: 1 })
  expect(unasked).toMatchObject({ code: 2, err: expect.stringContaining('Remove 1 waiting job of orders') })
  const drained = await run('drain', '--queue', 'orders', '--yes')
  expect(drained).toMatchObject({ code: 0, out: 'removed 1 waiting job of orders\n' })
})

test('enqueues through the contract, and tells by its path what is wrong in the JSON', async () => {
  const payload = {
    to: { name: 'Cleo', friends: [{ name: 'Dan', friends: [], born: '2000-01-01' }], born: '1969-07-20T20:17:00Z' },
    due: '2031-01-01',
    fee: { amount: '9007199254740993', currency: 'EUR' },
    tags: ['a', 'b'],
  }
  const wrong = { to: { name: 1, friends: [] }, due: 'soon', tags: {} }
  const [enqueued, invalid, model, notJson, unknown, dry, missing] = await Promise.all([
    brineProcess(['enqueue', 'lend', '--file', '-', '--id', 'mine', '--json'], {
      prefix,
      stdin: JSON.stringify(payload),
    }),
    run('enqueue', 'lend', '-p', JSON.stringify({ ...payload, due: 'soon', tags: 5 })),
    run('enqueue', 'lend', '-p', JSON.stringify(wrong)),
    run('enqueue', 'lend', '-p', '{'),
    run('enqueue', 'borrow', '-p', '{}'),
    run('enqueue', 'lend', '-p', JSON.stringify(payload), '--dry-run'),
    run('enqueue', 'lend', '--file', 'nowhere.json'),
  ])
  expect(json(enqueued)).toEqual({ queue: 'loans', job: 'lend', id: 'mine' })
  const [shown, document] = await Promise.all([run('show', 'mine'), run('show', 'mine', '--json')])
  expect(shown.out).toMatch(/amount: 9007199254740993n/)
  const { value } = z.object({ payload: z.object({ value: z.looseObject({}) }) }).parse(json(document)).payload
  const again = await run(
    'enqueue',
    'lend',
    '-p',
    JSON.stringify({ ...value, due: '2032-01-01' }),
    '--dry-run',
    '--json',
  )
  expect(json(again)).toEqual({ valid: true, payload: { ...value, due: '2032-01-01T00:00:00.000Z' } })
  expect(invalid).toMatchObject({ code: 1, err: expect.stringContaining('PAYLOAD_INVALID lend $.due: expected date') })
  expect(invalid.err).toContain('$.tags: expected set')
  expect(model).toMatchObject({
    code: 1,
    err: expect.stringContaining('FIELDS_INVALID lend $.to.name: expected string'),
  })
  expect(model.err).toContain('$.to.born: expected date')
  expect(notJson).toMatchObject({ code: 1, err: expect.stringContaining('no JSON') })
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('loans has lend, remind') })
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('valid') })
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('nowhere.json') })
})
