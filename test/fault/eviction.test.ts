import { describe, expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { startProgram } from '../program.ts'
import { gate, openProducer, openWorker, peopleQueue, rejection } from '../queue/people.ts'
import { canRun, nativeRedis, why } from './native-redis.ts'

describe.skipIf(!canRun)(`a server's eviction policy${why}`, () => {
  async function server() {
    const redis = await nativeRedis()
    await redis.start()
    const connection = `redis://127.0.0.1:${redis.port}`
    return { connection, client: openClient(connection) }
  }

  test('keeps a worker from starting unless it is told to, and is told to who waits and who listens', async () => {
    const { connection, client } = await server()
    await client.config('SET', 'maxmemory-policy', 'volatile-lru')
    const contract = peopleQueue()
    const producer = openProducer(contract, { connection })
    const job = await producer.enqueue('anything', 1)
    const told: Error[] = []
    const onError = (error: Error) => void told.push(error)
    const refused = openWorker(contract, () => 'ran', { connection, onError })
    // Neither does what would start it again.
    await refused.resume()
    expect(await rejection(refused.waitUntilReady())).toMatchObject({
      code: 'EVICTION_POLICY',
      message: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
    })
    await refused.close()
    expect(told).toMatchObject([{ code: 'EVICTION_POLICY' }])
    expect(await job.state()).toBe('waiting')

    const worker = openWorker(contract, () => 'ran', { connection, allowEviction: true })
    await worker.waitUntilReady()
    expect(await job.result({ timeoutMs: 10_000 })).toBe('ran')
  })

  test('ends the process of a worker that is refused with 1, also when nobody waits for it', async () => {
    const { connection, client } = await server()
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const program = startProgram('test/fault/deliver.ts', [], { env: { REDIS_URL: connection } })
    expect(await program.ended).toBe(1)
    expect(program.err).toContain('EVICTION_POLICY')
  })

  test('is not known where INFO is not allowed: that is said once, and the worker works', async () => {
    const { connection, client } = await server()
    await client.acl('SETUSER', 'default', '-info')
    const contract = peopleQueue()
    const told = gate<Error>()
    openWorker(contract, () => 'ran', { connection, onError: told.open, skipVersionCheck: true })
    expect(await told.opened).toMatchObject({ code: 'REDIS_REFUSED', message: expect.stringContaining('INFO') })
    const job = await openProducer(contract, { connection }).enqueue('anything', 1)
    expect(await job.result({ timeoutMs: 10_000 })).toBe('ran')
  })
})
