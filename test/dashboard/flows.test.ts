import { createFlowProducer, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import { openDashboard, payment, paymentsQueue, payOnce, secrets } from './desk.ts'

/** A job `whole`, whose children are `a` and `b`. */
async function addWhole(contract: ReturnType<typeof paymentsQueue>): Promise<void> {
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  const part = (id: string) => node(contract, 'pay', payment(), { options: { jobId: id } })
  await flows.add(node(contract, 'pay', payment(), { options: { jobId: 'whole' }, children: [part('a'), part('b')] }))
}

test('draws a flow from names and states, and shows nothing of what its jobs hold', async () => {
  const contract = paymentsQueue()
  await addWhole(contract)
  const { get } = openDashboard(contract)
  const drawn = await (await get('/api/queues/payments/a/flow')).json()
  expect(drawn).toMatchObject({
    isFlowNode: true,
    flowRoot: { id: 'whole', name: 'pay', state: 'waiting-children', queueName: 'payments' },
  })
  const text = JSON.stringify(drawn)
  expect(text).toContain('"id":"b"')
  for (const secret of secrets) expect(text).not.toContain(secret)
})

test('draws a flow around jobs that are damaged', async () => {
  const contract = paymentsQueue()
  await addWhole(contract)
  const client = openClient()
  const hash = { data: 'no JSON', opts: '{', name: '<b>', stacktrace: '[', timestamp: 'now' }
  await client.hset(`${contract.prefix}:payments:b`, hash)
  const { get } = openDashboard(contract)
  const drawn = await (await get('/api/queues/payments/a/flow')).json()
  const named = (id: string, name: string) => expect.objectContaining({ id, name, state: 'waiting' })
  expect(drawn).toMatchObject({
    flowRoot: { id: 'whole', children: expect.arrayContaining([named('a', 'pay'), named('b', '<b>')]) },
  })
})

test('shows schedules decoded, runs one now through the contract, and removes it', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  await producer.schedules.upsert('nightly', { name: 'pay', payload: payment(), repeat: { pattern: '0 3 * * *' } })
  const { get, send } = openDashboard(contract)
  const text = await (await get('/api/job-schedulers')).text()
  expect(text).toContain('"Ann"')
  expect(text).toContain('0 3 * * *')
  for (const secret of secrets) expect(text).not.toContain(secret)
  const ran = await send('PUT', '/api/queues/payments/job-schedulers/nightly/run')
  expect(ran.status).toBe(200)
  expect((await producer.control.counts()).waiting).toBe(1)
  expect((await send('PUT', '/api/queues/payments/job-schedulers/nightly/remove')).status).toBe(204)
  expect(await producer.schedules.list()).toEqual([])
})
