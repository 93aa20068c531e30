import { createFlowProducer, defineQueue, node, type QueueContract } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
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

/** A flow of three levels over two queues: `invoice` of invoices, its child `whole` of payments, and the children of that. */
async function addTwoQueues() {
  const prefix = freshPrefix()
  const contract = paymentsQueue(prefix)
  const invoices = defineQueue('invoices', {
    prefix,
    jobs: { send: { payload: z.object({ secret: z.string() }) } },
  })
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  const part = (id: string) => node(contract, 'pay', payment(), { options: { jobId: id } })
  const children = [part('a'), part('b')]
  const whole = node(contract, 'pay', payment(), { options: { jobId: 'whole' }, children })
  const root = { options: { jobId: 'invoice' }, children: [whole] }
  await flows.add(node(invoices, 'send', { secret: 'pin-1234' }, root))
  return { contract, invoices }
}

const drawnFlow = z.object({
  nodeId: z.string(),
  isFlowNode: z.boolean(),
  flowRoot: z.object({ id: z.string(), queueName: z.string(), children: z.array(z.looseObject({ id: z.string() })) }),
})

test('draws a flow from each of its jobs, over several queues', async () => {
  const { contract, invoices } = await addTwoQueues()
  const { get } = openDashboard(contract, { queues: [contract, invoices], basePath: '/jobs' })
  for (const [queue, id] of [
    ['invoices', 'invoice'],
    ['payments', 'whole'],
    ['payments', 'a'],
  ]) {
    const text = await (await get(`/api/queues/${queue}/${id}/flow`)).text()
    const child = (id: string) => expect.objectContaining({ id, name: 'pay', state: 'waiting', queueName: 'payments' })
    expect(JSON.parse(text)).toMatchObject({
      ...{ nodeId: id, isFlowNode: true },
      flowRoot: {
        ...{ id: 'invoice', name: 'send', state: 'waiting-children', queueName: 'invoices' },
        children: [{ id: 'whole', queueName: 'payments', children: expect.arrayContaining([child('a'), child('b')]) }],
      },
    })
    for (const secret of secrets) expect(text).not.toContain(secret)
  }
})

test('draws what it can reach of a flow whose other jobs are in no queue of the board, or gone', async () => {
  const { contract, invoices } = await addTwoQueues()
  const top = async (queues: QueueContract[], id: string) => {
    const { get } = openDashboard(contract, { queues })
    const { flowRoot } = drawnFlow.parse(await (await get(`/api/queues/payments/${id}/flow`)).json())
    return [flowRoot.id, flowRoot.children.map((child) => child.id).sort()]
  }
  expect(await top([contract], 'a')).toEqual(['whole', ['a', 'b']])
  await openClient().del(`${contract.prefix}:invoices:invoice`)
  expect(await top([contract, invoices], 'b')).toEqual(['whole', ['a', 'b']])
})

test('ends with parents that somebody put in a circle', async () => {
  const contract = paymentsQueue()
  await addWhole(contract)
  const client = openClient()
  const parent = { id: 'a', queue: `${contract.prefix}:payments` }
  await client.hset(`${contract.prefix}:payments:whole`, 'opts', JSON.stringify({ parent }))
  const { get } = openDashboard(contract)
  expect((await get('/api/queues/payments/a/flow')).status).toBe(200)
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
  const every = { every: 60_000 }
  expect((await send('PATCH', '/api/queues/payments/job-schedulers/nightly', every)).status).toBe(405)
  expect((await send('PUT', '/api/queues/payments/job-schedulers/nightly/remove')).status).toBe(204)
  expect(await producer.schedules.list()).toEqual([])
})
