import type { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { codecOf } from '../../../src/job/contract-codec.ts'
import { openClient } from '../../connection.ts'
import { rejection } from '../people.ts'
import { type Accounts, accounts, keysOf, produce, unsealedAccounts, work } from './sealed-queue.ts'

const cents = 100n

/** What each attempt on a job is refused with. */
const refusals = {
  ...{ renamed: 'SEAL_INVALID', 'swapped-a': 'SEAL_INVALID', 'swapped-b': 'SEAL_INVALID', truncated: 'SEAL_INVALID' },
  ...{ bare: 'SEAL_MISSING', unsealed: 'SEAL_MISSING', garbage: 'SEAL_MISSING', json: 'SEAL_MISSING' },
  ...{ result: 'SEAL_INVALID', progress: 'SEAL_INVALID', 'own-result': 'SEAL_INVALID', template: 'SEAL_INVALID' },
  ...{ downgraded: 'SEAL_INVALID', rekeyed: 'KEY_UNKNOWN', versioned: 'SEAL_INVALID' },
  // There is nothing whose seal could be looked at.
  ...{ 'no-data': 'TEXT_INVALID', 'no-name': 'JOB_UNKNOWN', emptied: 'TEXT_INVALID' },
}

/** What somebody can do who has the rights of redis-cli, and no key. */
function attack(redis: Redis, { prefix, name }: Accounts) {
  const at = (id: string) => `${prefix}:${name}:${id}`
  const read = async (id: string, field = 'data') => String(await redis.hget(at(id), field))
  return {
    at,
    read,
    write: (id: string, field: string, value: string) => redis.hset(at(id), field, value),
    async swap(one: string, other: string, field = 'data') {
      const [a, b] = [await read(one, field), await read(other, field)]
      await redis.hset(at(one), field, b)
      await redis.hset(at(other), field, a)
    },
    /** Adds a job as BullMQ does. */
    async inject(id: string, job: string, data: string) {
      const [, rjk] = /^repeat:(.+):\d+$/.exec(id) ?? []
      const fields = { name: job, data, opts: '{}', timestamp: '1', delay: '0', priority: '0' }
      await redis.hset(at(id), { ...fields, ...(rjk && { rjk }) })
      await redis.lpush(at('wait'), id)
    },
  }
}

describe.each(['sign', 'encrypt'] as const)('with redis-cli and no key, in mode %s,', (mode) => {
  test('no job can be made to run with anything that was not sealed for it', async () => {
    const contract = accounts(keysOf(mode))
    const other = accounts(keysOf(mode), { prefix: String(contract.prefix), name: 'salaries' })
    const elsewhere = accounts(keysOf(mode))
    const redis = openClient()
    const producer = produce(contract)
    const [here, there, far] = [attack(redis, contract), attack(redis, other), attack(redis, elsewhere)]
    const pay = (to: string) => producer.enqueue('pay', { to, cents }, { jobId: to })

    // One that has ended, whose result and progress look like payloads.
    const first = work(contract, async (payment, { progress }) => progress(payment))
    await (await pay('done')).result()
    await first.worker.close()

    const handles = new Map<string, Awaited<ReturnType<typeof pay>>>()
    for (const id of [...Object.keys(refusals), 'original']) handles.set(id, await pay(id))
    await producer.schedules.upsert('monthly', {
      name: 'pay',
      payload: { to: 'rent', cents },
      repeat: { every: 3_600_000 },
    })
    const template = String(await redis.hget(here.at('repeat:monthly'), 'data'))
    const unsealed = codecOf(unsealedAccounts(contract)).encode(
      { to: 'mallory', cents },
      { kind: 'payload', job: 'pay', version: 1 },
    )
    const otherMode = codecOf(accounts(keysOf(mode === 'sign' ? 'encrypt' : 'sign'), contract as { prefix: string }))

    await here.write('renamed', 'name', 'refund')
    await here.swap('swapped-a', 'swapped-b')
    await here.write('truncated', 'data', (await here.read('truncated')).slice(0, -5))
    await here.write('bare', 'data', '{"to":"mallory","cents":100}')
    await here.write('unsealed', 'data', unsealed)
    await redis.hdel(here.at('no-data'), 'data')
    await redis.hdel(here.at('no-name'), 'name')
    await here.write('result', 'data', await here.read('done', 'returnvalue'))
    await here.write('progress', 'data', await here.read('done', 'progress'))
    const place = { kind: 'payload', job: 'pay', version: 1, id: 'downgraded' } as const
    await here.write('downgraded', 'data', otherMode.encode({ to: 'mallory', cents }, place))
    await here.write('rekeyed', 'data', (await here.read('rekeyed')).replace('"k1"', '"k3"'))
    await here.write('versioned', 'data', (await here.read('versioned')).replace('"version":1', '"version":2'))
    await here.write('template', 'data', template)
    await here.write('own-result', 'data', (await here.read('own-result')).replace('"payload"', '"result"'))
    await here.write('garbage', 'data', '\0{')
    await here.write('json', 'data', '"x"')
    // Its options stay to be read: a job whose hash is damaged does not run either.
    await redis.hdel(here.at('emptied'), 'opts', 'timestamp', 'delay', 'priority')
    // Copies under other ids, as other jobs, in other queues, and under another prefix.
    const original = await here.read('original')
    await here.inject('copy', 'pay', original)
    await here.inject('copy-2', 'refund', original)
    await here.inject('done-again', 'pay', await here.read('done', 'returnvalue'))
    await here.inject('repeat:weekly:1', 'pay', template)
    await here.inject('repeat:monthly', 'pay', template)
    await here.inject('monthly', 'pay', template)
    await here.inject('repeat:original:1', 'pay', original)
    await there.inject('original', 'pay', original)
    await far.inject('original', 'pay', original)
    const injected = ['copy', 'copy-2', 'done-again', 'repeat:weekly:1', 'monthly', 'repeat:original:1']
    // The template itself: what a job holds, for the jobs to come.
    await redis.hset(here.at('repeat:monthly'), 'data', original)

    // In order, so that all the others have been taken when it is done.
    const last = await pay('last')
    const workers = [work(contract), work(other), work(elsewhere)]
    await last.result()
    for (const [at, queue] of [other, elsewhere].entries()) {
      const marker = produce(queue)
      await (await marker.enqueue('pay', { to: 'marker', cents })).result()
      expect(workers[at + 1]?.handled).toEqual(['pay marker'])
    }
    const ran = workers[0]?.handled ?? []
    // What was sealed for it ran: the scheduler's first job was made of the template before that was changed.
    expect(ran.filter((one) => !/ rent$/.test(one))).toEqual(['pay original', 'pay last'])
    for (const [id, code] of Object.entries(refusals)) {
      const error = await rejection(handles.get(id)?.result() ?? Promise.resolve())
      expect(error, id).toMatchObject({ code: 'JOB_QUARANTINED', cause: { code } })
    }
    for (const id of injected) {
      expect(await producer.job('pay', id).state(), id).toBe('quarantined')
      expect(await producer.quarantine.get(id), id).toMatchObject({ record: { code: 'SEAL_INVALID' } })
    }
  })

  test('no result, error or progress can be told as another’s', async () => {
    const contract = accounts(keysOf(mode))
    const redis = openClient()
    const producer = produce(contract)
    const here = attack(redis, contract)
    work(contract, async (payment, { progress }) => {
      await progress(payment)
      if (payment.to.startsWith('fail')) throw new RangeError(`no money for ${payment.to}`)
    })
    const pay = (to: string) => producer.enqueue('pay', { to, cents }, { jobId: to })
    const jobs = await Promise.all(['a', 'b', 'c', 'fail-a', 'fail-b'].map(pay))
    await Promise.allSettled(jobs.map((job) => job.result()))
    await here.swap('a', 'b', 'returnvalue')
    await here.swap('a', 'b', 'progress')
    await here.write('c', 'returnvalue', await here.read('c', 'data'))
    await here.swap('fail-a', 'fail-b', 'brine:error')
    const [a, b, c, failA] = jobs
    for (const job of [a, b, c])
      expect(`${await rejection(job?.result() ?? Promise.resolve())}`).toMatch('SEAL_INVALID')
    expect(`${await rejection(a?.progress() ?? Promise.resolve())}`).toMatch('SEAL_INVALID')
    const told = await rejection(failA?.result() ?? Promise.resolve())
    expect(told).toMatchObject({ code: 'JOB_FAILED' })
    expect(`${told}`).not.toContain('fail-b')
  })
})
