import { createFlowProducer, createProducer, defineQueue, node, type QueueContract } from 'brinemq'
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

/** The ids of all jobs of a drawing. */
function drawnIds(flow: unknown): string[] {
  const { id, children } = drawnNode.parse(flow)
  return [id, ...children.flatMap(drawnIds)]
}
const drawnNode = z.looseObject({ id: z.string(), children: z.array(z.unknown()) })

const inCircle = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** Jobs that each list all of them as their children, in turn in each of the ways in which Redis lists children. */
async function addCircle() {
  const contract = paymentsQueue()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  await producer.enqueueBulk(inCircle.map((jobId) => ({ name: 'pay', payload: payment(), options: { jobId } })))
  const client = openClient()
  const keys = inCircle.map((id) => `${contract.prefix}:payments:${id}`)
  const ways = [
    (key: string) => client.sadd(`${key}:dependencies`, ...keys),
    (key: string) => client.hset(`${key}:processed`, ...keys.flatMap((child) => [child, '1'])),
    (key: string) => client.hset(`${key}:failed`, ...keys.flatMap((child) => [child, '1'])),
    (key: string) => client.zadd(`${key}:unsuccessful`, ...keys.flatMap((child) => [1, child])),
  ]
  for (const [at, key] of keys.entries()) await ways[at % ways.length]?.(key)
  return { contract, client, keys }
}

test('draws each job once when the lists of children form circles', async () => {
  const { contract, client, keys } = await addCircle()
  const { get } = openDashboard(contract)
  const draw = async (query = '') => {
    const { flowRoot } = drawnFlow.parse(await (await get(`/api/queues/payments/a/flow${query}`)).json())
    return drawnIds(flowRoot).sort()
  }
  // None of them names a parent.
  expect(await draw('?depth=20&maxChildren=1000')).toEqual(['a'])
  // Each of them names the one before it, and the first the last.
  for (const [at, key] of keys.entries()) await client.hset(key, 'parentKey', String(keys.at(at - 1)))
  expect(await draw('?depth=20&maxChildren=1000')).toEqual(inCircle)
  expect(await draw('?depth=3')).toEqual(['a', 'b', 'c'])
  for (const key of keys) await client.hset(key, 'parentKey', String(keys[0]))
  expect(await draw()).toEqual(inCircle)
  expect((await draw('?maxChildren=3')).length).toBeLessThanOrEqual(4)
  expect(await draw('?depth=1')).toEqual(['a'])
})

test('draws as many jobs as the page shows, whatever the lists of children hold', async () => {
  const contract = paymentsQueue()
  await addWhole(contract)
  const client = openClient()
  const whole = `${contract.prefix}:payments:whole`
  const all = client.pipeline()
  for (let at = 0; at < 1_500; at++) {
    const key = `${contract.prefix}:payments:more-${at}`
    all.hset(key, { name: 'pay', parentKey: whole, data: '' })
    all.sadd(`${whole}:dependencies`, key)
    all.hset(`${whole}:processed`, `${contract.prefix}:payments:${at % 2 ? 'gone' : 'x'.repeat(400)}-${at}`, '1')
  }
  all.set(`${contract.prefix}:payments:more-1:dependencies`, 'no set')
  await all.exec()
  const { get } = openDashboard(contract)
  const count = async (query: string) => {
    const { flowRoot } = drawnFlow.parse(await (await get(`/api/queues/payments/whole/flow${query}`)).json())
    return drawnIds(flowRoot).length
  }
  expect(await count('')).toBeLessThanOrEqual(21)
  expect(await count('?depth=20&maxChildren=1000')).toBe(201)
  const wide = await count('?depth=2&maxChildren=1000')
  expect(wide).toBeGreaterThan(900)
  expect(wide).toBeLessThanOrEqual(1_001)
})

test('draws the flow of a parent that a schedule runs', async () => {
  const contract = paymentsQueue()
  await addWhole(contract)
  const client = openClient()
  const key = (id: string) => `${contract.prefix}:payments:${id}`
  const run = 'repeat:nightly:1700000000000'
  await client.copy(key('whole'), key(run))
  await client.zadd(key('waiting-children'), 1, run)
  await client.sadd(`${key(run)}:dependencies`, key('a'))
  await client.hset(key('a'), 'parentKey', key(run))
  const { get } = openDashboard(contract)
  const drawn = await (await get(`/api/queues/payments/${encodeURIComponent(run)}/flow`)).json()
  expect(drawn).toMatchObject({ flowRoot: { id: run, queueName: 'payments', children: [{ id: 'a' }] } })
})

test('draws the flow of a job in quarantine from its parent, also when the parents form a circle', async () => {
  const contract = paymentsQueue()
  await addWhole(contract)
  const producer = await payOnce(contract)
  const client = openClient()
  const parent = (id: string) => JSON.stringify({ parent: { id, queue: `${contract.prefix}:payments` } })
  await client.hset(`${contract.prefix}:payments-quarantine:cut`, 'was:opts', parent('whole'))
  expect(await producer.quarantine.get('cut')).toBeDefined()
  const { get } = openDashboard(contract)
  const draw = async (path: string) => (await get(`/api/queues/${path}/flow`)).json()
  const first = await draw('payments-quarantine/cut')
  expect(first).toMatchObject({ nodeId: 'cut', isFlowNode: true, flowRoot: { id: 'whole' } })
  await client.hset(`${contract.prefix}:payments:whole`, 'opts', parent('a'))
  expect(await draw('payments-quarantine/cut')).toMatchObject({ nodeId: 'cut' })
  await client.hset(`${contract.prefix}:payments-quarantine:cut`, 'was:opts', '{}')
  expect(await draw('payments-quarantine/cut')).toEqual({ nodeId: 'cut', isFlowNode: false, flowRoot: null })
})

test('draws a flow around jobs that are damaged', async () => {
  const contract = paymentsQueue()
  await addWhole(contract)
  const client = openClient()
  const hash = { data: 'no JSON', opts: '{', name: '<b>', stacktrace: '[', timestamp: 'now' }
  await client.hset(`${contract.prefix}:payments:b`, hash)
  // Keys that no job has.
  for (const key of [String(contract.prefix), `${contract.prefix}:payments`]) {
    await client.hset(key, { name: 'pay', parentKey: `${contract.prefix}:payments:whole` })
    await client.sadd(`${contract.prefix}:payments:whole:dependencies`, key)
  }
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
