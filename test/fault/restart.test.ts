import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createProducer, createWorker, type ProducerOptions } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Program, startProgram } from '../program.ts'
import { canRun, nativeRedis, selfSigned, why } from './native-redis.ts'
import { Parcel, parcels } from './parcels.ts'
import { openChance, printFigures } from './scale.ts'

function openProducer(options: ProducerOptions) {
  const producer = createProducer(parcels, options)
  onTestFinished(() => producer.close())
  return producer
}

/** Resolves when the worker has handled so many. */
async function handled(worker: Program, count: number): Promise<void> {
  while (worker.out.split('\n').length <= count) {
    if (!worker.child.stdout) throw new Error('the worker says nothing')
    await once(worker.child.stdout, 'data')
  }
}

const total = 2_000
const atOnce = 100

describe.skipIf(!canRun)(`a Redis that is killed and started again${why}`, () => {
  test('loses no job, runs none with wrong data, and is found again by producer and worker', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const url = `redis://127.0.0.1:${redis.port}`
    const worker = startProgram('test/fault/deliver.ts', [], { env: { REDIS_URL: url } })
    const producer = openProducer({ connection: url, enqueueTimeoutMs: 20_000 })

    let next = 0
    const ended: { delivered: Parcel; whole: boolean }[] = []
    const sending = Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < total) {
          const job = await producer.enqueue('deliver', new Parcel(next++))
          ended.push(await job.result({ timeoutMs: 30_000 }))
        }
      }),
    )
    sending.catch(() => {})
    // Thrice in the midst: some jobs wait, some are taken, and some are on their way there.
    const chance = openChance()
    const kills = [chance(100, 500), chance(700, 1_100), chance(1_300, 1_700)]
    for (const count of kills) {
      await handled(worker, count)
      expect(next).toBeLessThan(total)
      await redis.kill()
      await redis.start()
    }
    await sending

    const numbers = ended.map(({ delivered }) => delivered.number).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: total }, (_, number) => number))
    expect(ended.every(({ delivered, whole }) => whole && delivered.isWhole())).toBe(true)
    const begun = worker.out.trim().split('\n').length
    printFigures('Redis was killed thrice', { after: kills, jobs: total, ended: ended.length, runs: begun })
    expect(worker.out).not.toContain('broken')
    const counts = await producer.bullmq.getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed')
    expect(counts).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0, completed: total })

    worker.child.kill('SIGTERM')
    expect(await worker.ended).toBe(128 + 15)
  }, 60_000)

  test('is read on from by those who follow its events, who miss none and hear none twice', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const connection = `redis://127.0.0.1:${redis.port}`
    const producer = openProducer({ connection, enqueueTimeoutMs: 20_000 })
    const enqueued: string[] = []
    const told: (string | undefined)[] = []
    const events = producer.events({ after: '0' })
    const reading = (async () => {
      for await (const { type, id } of events) {
        if (type === 'enqueued' || type === 'missed') told.push(id)
        if (told.length === 30) return
      }
    })()
    reading.catch(() => {})
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 10; count += 1) {
        enqueued.push((await producer.enqueue('deliver', new Parcel(count))).id)
      }
      if (round === 2) break
      await redis.kill()
      await redis.start()
    }
    await reading
    expect(told).toEqual(enqueued)
  }, 60_000)

  test('is told of by an enqueue within its time while it is away, and taken up again after', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const connection = `redis://127.0.0.1:${redis.port}`
    const producer = openProducer({ connection, enqueueTimeoutMs: 500 })
    const kept = await producer.enqueue('deliver', new Parcel(1))
    await redis.kill()
    for (let count = 0; count < 3; count += 1) {
      const started = performance.now()
      await expect(producer.enqueue('deliver', new Parcel(2))).rejects.toMatchObject({
        code: 'REDIS_UNREACHABLE',
        job: 'deliver',
        message: expect.stringContaining(`127.0.0.1:${redis.port}`),
      })
      expect(performance.now() - started).toBeLessThan(1_500)
    }
    await redis.start()
    const patient = openProducer({ connection })
    expect(await patient.bullmq.getJobCounts('waiting')).toEqual({ waiting: 1 })
    // Its connection is tried again at growing intervals, of two seconds at most.
    await expect
      .poll(() => producer.enqueue('deliver', new Parcel(3)).then(() => true, String), { timeout: 10_000 })
      .toBe(true)
    const worker = startProgram('test/fault/deliver.ts', [], { env: { REDIS_URL: connection } })
    expect(await kept.result({ timeoutMs: 20_000 })).toMatchObject({ delivered: { number: 1 }, whole: true })
    await handled(worker, 2)
    expect(worker.out).not.toContain(' 2\n')
  }, 60_000)
})

describe.skipIf(!canRun)(`a Redis that cannot take a job${why}`, () => {
  test('that answers nothing makes enqueue fail within its time, and the same jobId adds the job once', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const producer = openProducer({ connection: `redis://127.0.0.1:${redis.port}`, enqueueTimeoutMs: 500 })
    await producer.enqueue('deliver', new Parcel(1), { jobId: 'first' })
    redis.freeze()
    const started = performance.now()
    await expect(producer.enqueue('deliver', new Parcel(2), { jobId: 'second' })).rejects.toMatchObject({
      code: 'REDIS_UNREACHABLE',
      message: expect.stringContaining(
        "it is not known whether it was added: enqueue it again with the jobId 'second'",
      ),
    })
    expect(performance.now() - started).toBeLessThan(1_500)
    // Of a question nothing is in doubt.
    const asked: unknown = await producer.control.counts().catch((error: unknown) => error)
    expect(asked).toMatchObject({ code: 'REDIS_UNREACHABLE', message: expect.not.stringContaining('not known') })
    await expect(producer.control.pause()).rejects.toThrow('not known whether it was done')
    redis.thaw()
    await producer.control.resume()
    const { id } = await producer.enqueue('deliver', new Parcel(2), { jobId: 'second' })
    expect(id).toBe('second')
    expect(await producer.bullmq.getJobCounts('waiting')).toEqual({ waiting: 2 })
  })

  test('that is out of memory makes enqueue fail with what it answered', async () => {
    const redis = await nativeRedis('--maxmemory', '1mb', '--maxmemory-policy', 'noeviction')
    await redis.start()
    const producer = openProducer({ connection: `redis://127.0.0.1:${redis.port}` })
    await expect(producer.enqueue('deliver', new Parcel(1))).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      job: 'deliver',
      message: expect.stringContaining('OOM'),
    })
  })
})

describe.skipIf(!canRun)(`rediss://${why}`, () => {
  test('reaches a server with a certificate that is given as its authority, and refuses it without', async () => {
    const { key, certificate } = await selfSigned()
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
    const redis = await nativeRedis('--port', '0', '--tls-port', 'PORT', ...files, '--tls-auth-clients', 'no')
    await redis.start()
    const url = `rediss://127.0.0.1:${redis.port}`
    const connection = { url, tls: { ca: await readFile(certificate) } }
    const worker = createWorker(parcels, {
      connection,
      shutdownOnSignals: false,
      handlers: { deliver: (parcel) => ({ delivered: parcel, whole: parcel.isWhole() }) },
    })
    onTestFinished(() => worker.close())
    const job = await openProducer({ connection }).enqueue('deliver', new Parcel(7))
    expect(await job.result({ timeoutMs: 20_000 })).toMatchObject({ delivered: { number: 7 }, whole: true })

    const wary = openProducer({ connection: url, enqueueTimeoutMs: 1_000 })
    await expect(wary.enqueue('deliver', new Parcel(8))).rejects.toMatchObject({
      code: 'REDIS_UNREACHABLE',
      message: expect.stringContaining('self-signed certificate'),
    })
  }, 60_000)
})
