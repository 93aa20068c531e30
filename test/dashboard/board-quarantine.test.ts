import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { openDashboard, openTill, payment, paymentsQueue, payOnce } from './desk.ts'

test('retries and removes jobs, replays and discards those in quarantine, and logs by whom', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const { send, lines, get } = openDashboard(contract, { authenticate: () => ({ name: 'ann', role: 'operate' }) })
  expect((await send('PUT', '/api/queues/payments/declined/retry/failed')).status).toBe(404)
  expect((await send('PUT', '/api/queues/payments/declined/retry')).status).toBe(204)
  expect(await producer.job('pay', 'declined').state()).toBe('waiting')
  expect((await send('PUT', '/api/queues/payments-quarantine/cut/retry')).status).toBe(204)
  expect(await producer.quarantine.count()).toBe(0)
  expect(await producer.job('pay', 'cut').state()).toBe('waiting')
  expect((await send('PUT', '/api/queues/payments/paid/clean')).status).toBe(204)
  expect(await producer.job('pay', 'paid').state()).toBe('missing')
  const done = lines.filter(({ status }) => status !== 404)
  expect(done).toEqual([
    {
      who: 'ann',
      at: expect.any(Date),
      what: 'operate',
      queue: 'payments',
      id: 'declined',
      action: 'PUT retry',
      status: 204,
    },
    expect.objectContaining({ queue: 'payments-quarantine', id: 'cut', action: 'PUT retry' }),
    expect.objectContaining({ queue: 'payments', id: 'paid', action: 'PUT clean', status: 204 }),
  ])
  const worker = openTill(contract)
  await expect.poll(() => producer.quarantine.count(), { timeout: 15_000 }).toBe(1)
  await worker.close()
  expect((await send('PUT', '/api/queues/payments-quarantine/cut/clean')).status).toBe(204)
  expect((await get('/api/queues/payments-quarantine/cut')).status).toBe(404)
})

test('replays a whole quarantine, and says when a job of the same id stands in its way', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const { send } = openDashboard(contract)
  await producer.enqueue('pay', payment(), { jobId: 'cut' })
  const refused = await send('PUT', '/api/queues/payments-quarantine/cut/retry')
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ error: 'JOB_STATE_INVALID' })
  const stays = await send('PUT', '/api/queues/payments-quarantine/retry/failed')
  expect([stays.status, await stays.json()]).toEqual([
    409,
    { error: 'JOB_STATE_INVALID', message: expect.stringMatching(/replayed 0; 1 stay.*: cut;/) },
  ])
  await producer.job('pay', 'cut').remove()
  const all = await send('PUT', '/api/queues/payments-quarantine/retry/failed')
  expect(await all.json()).toEqual({ retried: 1, skipped: 0 })
  expect(await producer.job('pay', 'cut').state()).toBe('waiting')
})

test('replays the others when some of a quarantine stay, and leaves there what came a moment ago', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const { send } = openDashboard(contract)
  const client = openClient()
  const ids = ['one', 'two', 'three']
  for (const id of ids) {
    await producer.enqueue('pay', payment(), { jobId: id })
    await client.hset(producer.bullmq.toKey(id), 'data', 'no JSON')
  }
  const worker = openTill(contract)
  await expect.poll(() => producer.quarantine.count(), { timeout: 15_000 }).toBe(4)
  await worker.close()
  await producer.enqueue('pay', payment(), { jobId: 'two' })
  const replayed = await send('PUT', '/api/queues/payments-quarantine/retry/failed')
  expect(await replayed.json()).toMatchObject({ message: expect.stringMatching(/replayed 3; 1 stay.*: two;/) })
  expect(await producer.quarantine.count()).toBe(1)
  expect((await send('PUT', '/api/queues/payments-quarantine/clean/failed')).status).toBe(200)
  expect(await producer.quarantine.count()).toBe(1)
  for (const action of ['empty', 'promote']) {
    expect((await send('PUT', `/api/queues/payments-quarantine/${action}`)).status).toBe(409)
  }
  expect((await send('PUT', '/api/queues/payments/retry/failed')).status).toBe(200)
  expect(await producer.job('pay', 'declined').state()).toBe('waiting')
  expect((await send('PUT', '/api/queues/payments/clean/meta')).status).toBe(400)
})

test('lists a quarantine whose times somebody wrote, which no Date can hold', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const client = openClient()
  const entry = `${producer.bullmq.toKey('cut').slice(0, -':cut'.length)}-quarantine:cut`
  const record = JSON.parse(String(await client.hget(entry, 'data')))
  await client.hset(entry, { data: JSON.stringify({ ...record, at: 'x' }), 'was:timestamp': '9'.repeat(20) })
  const { get } = openDashboard(contract)
  const shown: unknown = await (await get('/api/queues/payments-quarantine/cut')).json()
  expect(shown).toMatchObject({ job: { id: 'cut', timestamp: 0 } })
  expect(shown).not.toHaveProperty('job.finishedOn')
})
