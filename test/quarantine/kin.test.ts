import { createFlowProducer, createWorker, defineQueue, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, peopleQueue, rejection } from '../queue/people.ts'

/** A flow of a parent and two children, of which the first is made poison. */
async function growFlow() {
  const people = peopleQueue()
  const reports = defineQueue('reports', { prefix: freshPrefix(), jobs: { collect: { payload: z.string() } } })
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  const tree = await flows.add(
    node(reports, 'collect', 'all', {
      children: [node(people, 'anything', 'first'), node(people, 'anything', 'second')],
    }),
  )
  const [first, second] = tree.children
  const redis = openClient()
  const whole = String(await redis.hget(`${people.prefix}:people:${first.job.id}`, 'data'))
  await redis.hset(`${people.prefix}:people:${first.job.id}`, 'data', whole.slice(1))
  const worker = createWorker(reports, {
    connection: redisUrl,
    shutdownOnSignals: false,
    drainDelay: 1,
    handlers: {
      collect: async (_, { children }) => (await children.results(people, 'anything')).map((one) => one.result),
    },
  })
  onTestFinished(() => worker.close({ graceMs: 0 }))
  openWorker(people, (payload) => payload)
  const { quarantine } = openProducer(people)
  expect(await second.job.result()).toBe('second')
  expect(await rejection(first.job.result())).toMatchObject({ code: 'JOB_QUARANTINED' })
  expect(await tree.job.state()).toBe('waiting-children')
  const mend = () => redis.hset(`${people.prefix}:people-quarantine:${first.job.id}`, 'was:data', whole)
  return { parent: tree.job, first: first.job, quarantine, mend, redis, reports }
}

test('a parent waits for a child in quarantine, and has its result once it is replayed', async () => {
  const { parent, first, quarantine, mend } = await growFlow()
  const kept = await quarantine.get(first.id)
  expect(kept?.parent).toMatch(new RegExp(`:reports:${parent.id}$`))
  await mend()
  expect(await quarantine.replay(first.id)).toMatchObject({ replayed: 1 })
  expect((await parent.result()) as unknown[]).toEqual(expect.arrayContaining(['first', 'second']))
})

test('a parent goes on without a child that is discarded', async () => {
  const { parent, first, quarantine } = await growFlow()
  expect(await quarantine.discard(first.id)).toBe(1)
  expect(await parent.result()).toEqual(['second'])
})

test('a child whose parent is gone runs when it is replayed', async () => {
  const { parent, first, quarantine, mend, redis, reports } = await growFlow()
  await redis.del(`${reports.prefix}:reports:${parent.id}`)
  await mend()
  expect(await quarantine.replay(first.id)).toMatchObject({ replayed: 1 })
  expect(await first.result()).toBe('first')
})

test.each([
  ['data', 'broken'],
  ['opts', 'broken'],
])('a schedule goes on when the %s of one of its jobs are damaged', async (field, value) => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const repeat = { every: 300 }
  await producer.schedules.upsert('often', { name: 'anything', payload: 'tick', options: { attempts: 2 }, repeat })
  const redis = openClient()
  const [id = ''] = await redis.zrange(`${contract.prefix}:people:delayed`, '0', '0')
  const first = id || String(await redis.lindex(`${contract.prefix}:people:wait`, 0))
  await redis.hset(`${contract.prefix}:people:${first}`, field, value)
  const ran: number[] = []
  const { opened: twice, open } = gate()
  openWorker(contract, (_payload, { maxAttempts }) => {
    ran.push(maxAttempts)
    if (ran.length === 2) open()
  })
  await twice
  expect(ran.slice(0, 2)).toEqual([2, 2])
  expect(await producer.quarantine.count()).toBe(1)
  expect(await producer.quarantine.get(first)).toMatchObject({ record: { code: 'TEXT_INVALID', jobId: first } })
  await producer.schedules.remove('often')
})

test.each([
  ['its dates are none', { opts: '{"repeat":{"every":3600000,"startDate":"never"}}' }, undefined],
  ['the count of its runs is no number', undefined, { ic: 'many' }],
])('a job of a schedule runs though %s, and BullMQ cannot add the next', async (_, ofJob, ofSchedule) => {
  const contract = peopleQueue()
  const { schedules } = openProducer(contract)
  const every = 3_600_000
  const { nextRun } = await schedules.upsert('often', { name: 'anything', payload: 'tick', repeat: { every } })
  const at = (id: string) => `${contract.prefix}:people:${id}`
  if (ofJob) await openClient().hset(at(nextRun.id), ofJob)
  else if (ofSchedule) await openClient().hset(at('repeat:often'), ofSchedule)
  openWorker(contract, (payload) => payload)
  expect(await nextRun.result()).toBe('tick')
})
