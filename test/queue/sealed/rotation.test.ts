import type { Keys } from 'brinemq'
import { expect, test } from 'vitest'
import { freshPrefix, openClient } from '../../connection.ts'
import { rejection } from '../people.ts'
import { accounts, produce, secrets, work } from './sealed-queue.ts'

const { k1, k2 } = secrets
const perStep = 60

/** The steps of docs/keys.md. Each is rolled out before the next begins, one process after the other. */
const steps: readonly [name: string, keys: Keys][] = [
  ['before', { mode: 'encrypt', active: 'k1', secrets: { k1 } }],
  ['add', { mode: 'encrypt', active: 'k1', secrets: { k1, k2 } }],
  ['promote', { mode: 'encrypt', active: 'k2', secrets: { k1, k2 } }],
  ['retire', { mode: 'encrypt', active: 'k2', secrets: { k2 } }],
]

test('a key is rotated under load, and no job is refused, lost or done twice', async () => {
  const prefix = freshPrefix()
  const contractOf = (keys: Keys) => accounts(keys, { prefix })
  const redis = openClient()
  const handled: string[][] = []
  const results: Promise<unknown>[] = []
  const open = (keys: Keys) => {
    const contract = contractOf(keys)
    const worker = work(contract)
    handled.push(worker.handled)
    return { producer: produce(contract), worker: worker.worker }
  }
  const [, first] = steps[0] ?? []
  if (first === undefined) throw new Error('no steps')
  const members = [open(first), open(first)]
  let sent = 0

  /** Both producers enqueue, and wait for some of what comes of it, while everything else goes on. */
  async function load(count: number): Promise<void> {
    for (let done = 0; done < count; done += 20) {
      for (const { producer } of members) {
        const items = Array.from({ length: 10 }, () => ({
          name: 'pay' as const,
          payload: { to: `${sent++}`, cents: 1n },
        }))
        const jobs = await producer.enqueueBulk(items)
        // Of the jobs of the other too: whoever asks has the keys of whoever answered.
        for (const [at, job] of jobs.entries()) {
          const asking = members[at % members.length]?.producer.job('pay', job.id) ?? job
          results.push(asking.result())
        }
      }
      await results.at(-1)
    }
  }

  for (const [name, keys] of steps) {
    // Drain: before the old key is retired, nothing that is to be read may be sealed with it.
    if (name === 'retire') await members[0]?.worker.waitUntilIdle()
    if (name === 'retire') await Promise.all(results)
    for (const at of members.keys()) {
      const old = members[at]
      members[at] = open(keys)
      const loading = load(perStep)
      await old?.worker.close({ graceMs: 5_000 })
      await loading
    }
    await load(perStep)
  }
  await Promise.all(results)
  const all = handled.flat().map((one) => Number(one.split(' ')[1]))
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, index) => index))
  expect(await redis.zcard(`${prefix}:accounts:failed`)).toBe(0)

  // What was sealed with the key that is gone is refused, and what is new is sealed with the other.
  const last = await members[0]?.producer.enqueue('pay', { to: 'last', cents: 1n })
  expect(await redis.hget(`${prefix}:accounts:${last?.id}`, 'data')).toContain('"seal":["encrypt","k2"')
  const late = await produce(contractOf(first)).enqueue('pay', { to: 'late', cents: 1n })
  const refused = await rejection(members[0]?.producer.job('pay', late.id).result() ?? Promise.resolve())
  expect(`${refused}`).toContain('KEY_UNKNOWN')
})
