import { readdir, readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import { type AnyNode, createFlowProducer, createWorker, node } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stalledTooOften } from '../../../src/bullmq/stored-worker.ts'
import { childFailed } from '../../../src/worker/bullmq-errors.ts'
import { openClient, redisUrl } from '../../connection.ts'
import { gate, quiet, rejection } from '../people.ts'
import { accounts, keysOf, produce, work } from './sealed-queue.ts'

const cents = 5n
const forgedCancel = 'JOB_CANCELLED pay: mallory said so'

describe.each(['sign', 'encrypt'] as const)('with redis-cli and no key, in mode %s,', (mode) => {
  /** A queue, and what is written to the hash of a job of it. */
  function open() {
    const contract = accounts(keysOf(mode))
    const redis = openClient()
    const at = (id: string) => `${contract.prefix}:accounts:${id}`
    const reported: unknown[] = []
    const start = (pay: (signal: AbortSignal, to: string) => unknown) => {
      const handler = async (payment: { to: string; cents: bigint }, { signal }: { signal: AbortSignal }) => {
        await pay(signal, payment.to)
        return payment
      }
      const worker = createWorker(contract, {
        ...{
          ...quiet,
          concurrency: 5,
          handlers: { pay: handler, refund: handler },
          onError: (error: unknown) => reported.push(error),
        },
      })
      onTestFinished(() => worker.close())
      return worker
    }
    return { contract, redis, at, producer: produce(contract), start, reported }
  }

  test.each([
    ['a cancel', forgedCancel],
    ['any text', 'the account is closed, call +1 555 0100'],
  ])('a job that is marked by %s runs, and that is reported once', async (_, mark) => {
    const { redis, at, producer, start, reported } = open()
    const job = await producer.enqueue('pay', { to: 'bob', cents }, { attempts: 3, backoff: 1 })
    await redis.hset(at(job.id), 'defa', mark)
    let attempts = 0
    start(() => {
      attempts++
      if (attempts < 3) throw new Error('again')
    })
    expect(await job.result()).toEqual({ to: 'bob', cents })
    expect(attempts).toBe(3)
    expect(reported).toMatchObject([{ code: 'SEAL_INVALID', job: 'pay' }])
    expect(String(reported)).not.toMatch(/mallory|555/)
  })

  test('a forged cancel of a job that runs aborts nothing', async () => {
    const { contract, redis, at, producer, start } = open()
    const [runs, otherRuns, ends] = [gate(), gate(), gate()]
    const stopped: string[] = []
    start(async (signal, to) => {
      signal.addEventListener('abort', () => stopped.push(to))
      ;(to === 'bob' ? runs : otherRuns).open()
      await ends.opened
    })
    const job = await producer.enqueue('pay', { to: 'bob', cents })
    const other = await producer.enqueue('refund', { to: 'eve', cents })
    await Promise.all([runs.opened, otherRuns.opened])
    await redis.hset(at(job.id), 'defa', forgedCancel)
    await redis.publish(`${contract.prefix}:accounts:brine:cancel`, job.id)
    // The worker hears of this one after it has heard of the forged one.
    await other.cancel()
    expect(await rejection(other.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    expect(stopped).toEqual(['eve'])
    ends.open()
    expect(await job.result()).toEqual({ to: 'bob', cents })
  })

  test.each([
    ['its child', false],
    ['the child of a child without a seal', true],
  ])('a cancel of a parent stops no job that only Redis names %s', async (_, isBelow) => {
    const { contract, redis, at, producer, start } = open()
    const [ends, both] = [gate(), gate()]
    const stopped: string[] = []
    const begun: string[] = []
    start(async (signal, to) => {
      signal.addEventListener('abort', () => stopped.push(to))
      if (begun.push(to) === 2) both.open()
      if (to === 'child')
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      else await ends.opened
    })
    const flows = createFlowProducer({ connection: redisUrl })
    onTestFinished(() => flows.close())
    const pay = (to: string, children: AnyNode[] = []) => node(contract, 'pay', { to, cents }, { children })
    const { job: parent, children } = await flows.add(pay('parent', [pay('child')]))
    const victim = await producer.enqueue('pay', { to: 'victim', cents })
    await both.opened
    const link = async (child: string, above: string) => {
      await redis.hset(child, 'parentKey', above)
      await redis.sadd(`${above}:dependencies`, child)
    }
    const between = `${contract.prefix}:forged:1`
    if (isBelow) await redis.hset(between, { name: 'pay', data: '{}' })
    if (isBelow) await link(between, at(parent.id))
    await link(at(victim.id), isBelow ? between : at(parent.id))
    expect(await parent.cancel()).toMatchObject({
      stopping: [{ id: children[0]?.job.id }],
      notStopped: [{ id: victim.id, reason: 'unreachable' }],
    })
    expect(await rejection(children[0]?.job.result() ?? Promise.resolve())).toMatchObject({ code: 'JOB_CANCELLED' })
    ends.open()
    expect(await victim.result()).toEqual({ to: 'victim', cents })
    expect(stopped).toEqual(['child'])
  })

  test('no error of another queue is opened and sealed anew for a job that names it as its child’s', async () => {
    const { contract, redis, at, producer, start } = open()
    const other = accounts(keysOf(mode), { prefix: contract.prefix, name: 'salaries' })
    const payer = produce(other)
    const secret = 'Ann earns too much'
    const { worker } = work(other, () => {
      throw new RangeError(secret)
    })
    const failed = await payer.enqueue('pay', { to: 'ann', cents })
    await rejection(failed.result())
    await worker.close()
    const key = `${contract.prefix}:salaries:${failed.id}`
    await redis.hset(key, 'failedReason', 'mallory said so')
    const job = await producer.enqueue('pay', { to: 'bob', cents })
    await redis.hset(at(job.id), 'defa', `child ${key} failed`)
    start(() => {})
    const error = await rejection(job.result())
    expect(error).toMatchObject({ code: 'JOB_FAILED', job: 'pay' })
    expect(error).not.toHaveProperty('cause')
    expect(inspect(error)).not.toMatch(/mallory|earns|salaries/)
  })

  test('no cancel counts that was given for another job, another enqueue or another name', async () => {
    const { redis, at, producer, start, reported } = open()
    const id = 'bob'
    const runs = gate()
    const first = start(async (signal) => {
      runs.open()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    const cancelled = await producer.enqueue('pay', { to: 'bob', cents }, { jobId: id })
    await runs.opened
    await cancelled.cancel('the first')
    expect(await rejection(cancelled.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    const mark = await redis.hget(at(id), 'brine:cancel')
    expect(mark).toContain(mode === 'sign' ? 'the first' : '"encrypt"')
    await first.close()
    await producer.job('pay', id).remove()
    const again = [
      await producer.enqueue('pay', { to: 'bob', cents }, { jobId: id }),
      await producer.enqueue('pay', { to: 'eve', cents }),
      await producer.enqueue('refund', { to: 'bob', cents }),
    ]
    for (const job of again) await redis.hset(at(job.id), { defa: forgedCancel, 'brine:cancel': String(mark) })
    start(() => {})
    for (const job of again) expect(await job.result()).toMatchObject({ cents })
    expect(reported).toHaveLength(3)
  })

  test('a cancel by who has the keys still ends a job that runs, one that a scheduler holds, and one that is taken for another name', async () => {
    const { redis, at, producer, start } = open()
    const runs = gate()
    start(async (signal) => {
      runs.open()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    const running = await producer.enqueue('pay', { to: 'bob', cents })
    await runs.opened
    // Its name is another, and so is the one that its worker believes.
    expect(await producer.job('refund', running.id).cancel('no need')).toMatchObject({ state: 'requested' })
    expect(await rejection(running.result())).toMatchObject({
      ...{ code: 'JOB_CANCELLED', message: expect.stringContaining('no need') },
    })
    expect(await redis.hget(at(running.id), 'defa')).toBeNull()
    const { nextRun } = await producer.schedules.upsert('rent', {
      ...{
        name: 'pay',
        payload: { to: 'landlord', cents },
        repeat: { every: 3_600_000, startDate: Date.now() + 60_000 },
      },
    })
    expect(await nextRun.cancel('moved out')).toMatchObject({ state: 'requested' })
    await nextRun.promote()
    expect(await rejection(nextRun.result())).toMatchObject({ code: 'JOB_CANCELLED' })
  })
})

test('while producers without keys are accepted, so are their cancels', async () => {
  const contract = accounts(keysOf('sign', { accept: 'unsealed' }))
  const producer = produce(contract)
  const job = await producer.enqueue('pay', { to: 'bob', cents }, { delay: 60_000 })
  await openClient().hset(`${contract.prefix}:accounts:${job.id}`, 'defa', forgedCancel)
  await job.promote()
  const { handled } = work(contract)
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_CANCELLED' })
  expect(handled).toEqual([])
})

// A worker with keys would run again what BullMQ marks with another text.
test('knows the texts by which BullMQ marks jobs to fail', async () => {
  const folder = new URL('.', import.meta.resolve('bullmq/dist/esm/scripts/index.js'))
  const read = async (name: string) => {
    const [file] = (await readdir(folder)).filter((one) => one.startsWith(`${name}-`) && one.endsWith('.js'))
    return readFile(new URL(String(file), folder), 'utf8')
  }
  expect(await read('moveStalledJobsToWait')).toContain(`local failedReason = "${stalledTooOften}"`)
  expect(await read('moveToFinished')).toContain('local deferredFailure = "child " .. jobIdKey .. " failed"')
  expect('child a:b:c failed').toMatch(childFailed)
})
