import { createProducer } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openClient, redisUrl } from '../connection.ts'
import { ann, openDashboard, payment, paymentsQueue, payOnce, secrets } from './desk.ts'

const listing = z.object({
  queues: z.array(
    z.looseObject({
      name: z.string(),
      counts: z.record(z.string(), z.number()),
      jobs: z.array(z.looseObject({ id: z.string(), name: z.string(), data: z.unknown() })),
    }),
  ),
})
const shown = z.object({
  job: z.looseObject({ data: z.unknown(), opts: z.unknown(), stacktrace: z.array(z.string()) }),
})

async function list(get: (path: string) => Promise<Response>, queue: string, query = '') {
  const { queues } = listing.parse(await (await get(`/api/queues?activeQueue=${queue}${query}`)).json())
  const found = queues.find(({ name }) => name === queue)
  if (!found) throw new Error(`there is no ${queue}`)
  return found
}

async function show(get: (path: string) => Promise<Response>, queue: string, id: string) {
  return shown.parse(await (await get(`/api/queues/${queue}/${id}`)).json()).job
}

test('lists jobs decoded, their sensitive fields hidden wherever they stand, and the quarantine beside them', async () => {
  const contract = paymentsQueue()
  await payOnce(contract)
  const { get, lines } = openDashboard(contract)
  const queue = await list(get, 'payments')
  expect(queue.counts).toMatchObject({ completed: 1, failed: 1, waiting: 0 })
  expect(queue.jobs.map(({ id }) => id)).toEqual(['declined', 'paid'])
  const paid = queue.jobs[1]
  expect(JSON.stringify(paid?.data)).toContain('"Ann"')
  expect(JSON.stringify(paid?.data)).toContain('9007199254740993')
  expect(JSON.stringify(paid?.data)).toContain('2030-01-01T00:00:00.000Z')
  expect(paid?.['returnValue']).toEqual({ receipt: 'A7', on: expect.anything() })
  const quarantine = await list(get, 'payments-quarantine')
  expect(quarantine.counts['failed']).toBe(1)
  expect(quarantine.jobs[0]).toMatchObject({
    id: 'cut',
    name: 'pay',
    failedReason: expect.stringContaining('TEXT_INVALID'),
  })
  const failed = await show(get, 'payments', 'declined')
  expect(failed.stacktrace.join()).toContain('Declined')
  const all = JSON.stringify([queue, quarantine, failed])
  for (const secret of secrets) expect(all).not.toContain(secret)
  expect(lines).toEqual([])
})

test('marks jobs that cannot be read with the reason, and shows the others around them', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const client = openClient()
  for (const id of ['one', 'two', 'three', 'four']) await producer.enqueue('pay', payment(), { jobId: id })
  const key = (id: string) => producer.bullmq.toKey(id)
  const data = String(await client.hget(key('two'), 'data'))
  await client.hset(key('two'), 'data', data.slice(0, -5))
  await client.hset(key('three'), 'name', 'unheard', 'opts', '{')
  await client.hset(key('four'), 'data', 'x'.repeat(3_000_000))
  const { get } = openDashboard(contract)
  const { jobs } = await list(get, 'payments', '&status=waiting')
  expect(jobs.map(({ id, data }) => [id, z.looseObject({}).parse(data)['unreadable']])).toEqual([
    ['one', undefined],
    ['two', expect.objectContaining({ code: 'TEXT_INVALID' })],
    ['three', expect.objectContaining({ code: 'JOB_UNKNOWN' })],
    ['four', expect.objectContaining({ code: 'LIMIT_EXCEEDED' })],
  ])
})

test('shows a graph of 2^40 paths at once', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  let knot: unknown = []
  for (let level = 0; level < 40; level++) knot = [knot, knot]
  const by = Object.assign(ann(), { name: 'x'.repeat(100_000) })
  await producer.enqueue('pay', { ...payment(), by, memo: knot }, { jobId: 'long' })
  const { get } = openDashboard(contract)
  expect(JSON.stringify((await show(get, 'payments', 'long')).data).length).toBeLessThan(20_000)
})

test('adds jobs through the contract, from the JSON that brine enqueue takes', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const { send } = openDashboard(contract)
  const data = { by: { name: 'Cleo' }, amount: '5', at: '2030-01-02' }
  const added = await send('POST', '/api/queues/payments/add', { name: 'pay', data, options: { jobId: 'by-hand' } })
  expect(added.status).toBe(200)
  expect(await producer.job('pay', 'by-hand').state()).toBe('waiting')
  for (const [name, given, error] of [
    ['pay', { ...data, amount: 'much' }, { error: 'PAYLOAD_INVALID', message: expect.stringContaining('$.amount') }],
    ['pay', { ...data, by: { name: 5 } }, { error: 'FIELDS_INVALID', message: expect.stringContaining('$.by.name') }],
    ['play', data, { error: 'JOB_UNKNOWN' }],
  ] as const) {
    const refused = await send('POST', '/api/queues/payments/add', { name, data: given, options: {} })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(await refused.json()).toMatchObject(error)
  }
  const counts = await producer.control.counts()
  expect(counts.waiting).toBe(1)
})

test('duplicates what was enqueued, and not what is displayed of it', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const { get, send } = openDashboard(contract)
  const { data, opts } = await show(get, 'payments', 'paid')
  const copied = await send('POST', '/api/queues/payments/add', { name: 'pay', data, options: opts })
  expect(copied.status).toBe(200)
  const { job } = z.object({ job: z.object({ id: z.string() }) }).parse(await copied.json())
  expect(job.id).not.toBe('paid')
  const copy = await show(get, 'payments', job.id)
  expect(copy.data).toEqual(data)
  const client = openClient()
  const [one, other] = await Promise.all(
    ['paid', job.id].map(async (id) => String(await client.hget(producer.bullmq.toKey(id), 'data'))),
  )
  expect(bodyOf(other)).toEqual(bodyOf(one))
  // What was changed is meant as it is written, and nobody means a hidden field.
  const changed = { ...z.looseObject({}).parse(data), amount: '1' }
  const refused = await send('POST', '/api/queues/payments/add', { name: 'pay', data: changed, options: opts })
  expect(await refused.json()).toMatchObject({ error: 'PAYLOAD_INVALID', message: expect.stringContaining('$hidden') })
  const edited = await send('PATCH', '/api/queues/payments/paid/update-data', { jobData: data })
  expect(edited.status).toBe(405)
  expect(await client.hget(producer.bullmq.toKey('paid'), 'data')).toBe(one)
})

test('duplicates what a person changed, cycles and all', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  const { get, send } = openDashboard(contract)
  const by = ann()
  by.card = undefined
  if (by.partner) by.partner.card = undefined
  const memo = new Map<unknown, unknown>([[by, new Set([1n, new TypeError('x', { cause: by })])]])
  await producer.enqueue('pay', { by, amount: 1n, at: new Date(0), memo }, { jobId: 'first' })
  const { data, opts } = await show(get, 'payments', 'first')
  const changed = { ...z.looseObject({}).parse(data), amount: '2' }
  const sent = await send('POST', '/api/queues/payments/add', {
    name: 'pay',
    data: changed,
    options: { ...z.looseObject({}).parse(opts), jobId: 'second' },
  })
  expect(await sent.json()).toMatchObject({ job: { id: 'second' } })
  expect((await show(get, 'payments', 'second')).data).toEqual(changed)
})

function bodyOf(text: string | undefined): unknown {
  return z.looseObject({ body: z.unknown() }).parse(JSON.parse(text ?? '')).body
}

test('opens a bounded part of a list of large jobs, and each of them on its own page', async () => {
  const contract = paymentsQueue()
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const memo = Array.from({ length: 300 }, (_, at) => `${at}`.padEnd(1_000, 'x'))
  const ids = Array.from({ length: 8 }, (_, at) => `large-${at}`)
  for (const jobId of ids) await producer.enqueue('pay', { ...payment(), memo }, { jobId })
  const { get, send } = openDashboard(contract)
  const { jobs } = await list(get, 'payments', '&status=waiting&jobsPerPage=60')
  expect(jobs.map(({ id }) => id)).toEqual(ids)
  const unopened = jobs.filter(({ data }) => JSON.stringify(data).startsWith('{"$cut"'))
  // The page opens as many as fit in one MiB.
  expect(unopened).toHaveLength(5)
  const last = unopened.at(-1)
  const shown = await show(get, 'payments', last?.id ?? '')
  expect(shown.data).toMatchObject({ amount: '9007199254740993' })
  // A job that the list did not open can still be duplicated.
  const add = (data: unknown) => send('POST', '/api/queues/payments/add', { name: 'pay', data, options: shown.opts })
  expect((await add(last?.data)).status).toBe(200)
  expect((await add({ $cut: 'something else' })).status).toBe(400)
})

test('does not show a job that failed before it completed as failed', async () => {
  const contract = paymentsQueue()
  const producer = await payOnce(contract)
  // As a retry leaves it.
  const client = openClient()
  const failure = await client.hmget(producer.bullmq.toKey('declined'), 'failedReason', 'stacktrace')
  const [failedReason, stacktrace] = failure.map(String)
  await client.hset(producer.bullmq.toKey('paid'), { failedReason, stacktrace })
  const { get } = openDashboard(contract, { reveal: true })
  expect(await show(get, 'payments', 'paid')).toMatchObject({ isFailed: false })
  expect(await show(get, 'payments', 'declined')).toMatchObject({ isFailed: true })
  const page = await (await get('/reveal/payments/paid')).text()
  expect(page).toContain('Error of an earlier attempt')
})
