import { encodeData, openJob, openReturnValue } from 'brinemq'
import { Queue, QueueEvents, Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { redisUrl } from '../../connection.ts'
import { rejection } from '../people.ts'
import { accounts, keysOf } from './sealed-queue.ts'

const connection = { url: redisUrl, maxRetriesPerRequest: null }

test.each(['sign', 'encrypt'] as const)(
  'bare BullMQ carries sealed jobs too, in mode %s, by their ids',
  async (mode) => {
    const contract = accounts(keysOf(mode))
    const { name, prefix = '' } = contract
    const queue = new Queue(name, { connection, prefix })
    const events = new QueueEvents(name, { connection, prefix, lastEventId: '0-0' })
    const worker = new Worker(
      name,
      async (job) => {
        const { payload, encodeResult } = await openJob(contract, job)
        return encodeResult(payload)
      },
      { connection, prefix },
    )
    onTestFinished(async () => {
      await Promise.all([queue.close(), events.close(), worker.close()])
    })
    const payment = { to: 'a', cents: 3n }
    const data = await encodeData(contract, 'pay', payment, { jobId: 'a' })
    const job = await queue.add('pay', data, { jobId: 'a' })
    const returned = await job.waitUntilFinished(events)
    expect(await openReturnValue(contract, 'pay', returned, { jobId: 'a' })).toEqual(payment)
    expect(await openReturnValue(contract, 'pay', returned, { jobId: 'a', data })).toEqual(payment)
    const again = await encodeData(contract, 'pay', payment, { jobId: 'a' })
    const former = openReturnValue(contract, 'pay', returned, { jobId: 'a', data: again })
    expect(await rejection(former)).toMatchObject({ code: 'SEAL_INVALID', job: 'pay' })
    expect(await rejection(openReturnValue(contract, 'pay', returned, { jobId: 'b' }))).toMatchObject({
      code: 'SEAL_INVALID',
    })
    expect(await rejection(openReturnValue(contract, 'pay', returned))).toMatchObject({ code: 'OPTIONS_INVALID' })
    expect(await rejection(encodeData(contract, 'pay', payment))).toMatchObject({ code: 'OPTIONS_INVALID' })
    expect(await rejection(openJob(contract, { name: 'pay', data, id: 'b' }))).toMatchObject({ code: 'SEAL_INVALID' })
    const copied = await queue.add('pay', data, { jobId: 'copied' })
    expect(`${await rejection(copied.waitUntilFinished(events))}`).toContain('SEAL_INVALID')
  },
)
