import {
  createFlowProducer,
  createProducer,
  createWorker,
  defineQueue,
  encodeData,
  node,
  openReturnValue,
} from 'brinemq'
import { FlowProducer, Queue, Worker, type WorkerOptions } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { Person, person, quiet } from './people.ts'

const ada = new Person('Ada', 36)
const anyPerson = person.schema.or(
  z.object({ name: z.string(), age: z.number() }).transform(({ name, age }) => new Person(name, age)),
)
const connection = { url: redisUrl, maxRetriesPerRequest: null }

function sharedQueues() {
  const common = { accept: 'json', prefix: freshPrefix(), models: [person] } as const
  const guests = defineQueue('guests', {
    ...common,
    jobs: {
      invite: { payload: anyPerson, result: anyPerson },
      // Its plain results look like those of another job, and one has a property by the name of an envelope's.
      count: { payload: z.unknown(), result: z.object({ job: z.string(), age: z.number() }) },
    },
  })
  const parties = defineQueue('parties', {
    ...common,
    jobs: { party: { payload: z.string(), result: z.object({ guests: z.array(anyPerson), rest: z.unknown() }) } },
  })
  const party = createWorker(parties, {
    ...quiet,
    handlers: {
      async party(_place, { children }) {
        const invited = await children.results(guests, 'invite')
        const counted = await children.results(guests, 'count')
        const failures = await children.failures(guests)
        const failed = failures.map(({ name, error }) => [name, String(error)])
        return { guests: invited.map(({ result }) => result), rest: { counted: counted.map((c) => c.result), failed } }
      },
    },
  })
  const producer = createProducer(parties, { connection: redisUrl })
  onTestFinished(async () => {
    await Promise.all([party.close(), producer.close()])
  })
  return { guests, parties, producer, prefix: common.prefix }
}

function plainWorker(name: string, prefix: string, process: ConstructorParameters<typeof Worker>[1]) {
  const options: WorkerOptions = { connection, prefix, drainDelay: 1 }
  const worker = new Worker(name, process, options)
  onTestFinished(() => worker.close())
}

test('a flow of a plain producer, with plain children, gives our parent instances, each of its job', async () => {
  const { guests, parties, producer, prefix } = sharedQueues()
  plainWorker(guests.name, prefix, async (job) => {
    if (job.name === 'count') return { job: 'invite', age: 1 }
    const guest = z.object({ name: z.string(), age: z.number() }).parse(job.data)
    if (guest.name === 'Eve') throw new Error('not her')
    return guest
  })
  const flows = new FlowProducer({ connection, prefix })
  onTestFinished(() => flows.close())
  const child = (name: string, data: unknown) => ({
    name,
    data,
    queueName: guests.name,
    opts: { ignoreDependencyOnFailure: true },
  })
  const { job } = await flows.add({
    name: 'party',
    queueName: parties.name,
    data: 'garden',
    children: [child('invite', { name: 'Ada', age: 36 }), child('count', {}), child('invite', { name: 'Eve', age: 1 })],
  })
  const result = await producer.job('party', String(job.id)).result()
  expect(result.guests).toEqual([ada])
  expect(result.guests[0]).toBeInstanceOf(Person)
  expect(result.rest).toEqual({
    counted: [{ job: 'invite', age: 1 }],
    failed: [['invite', 'BrineError: JOB_FAILED invite: not her']],
  })
})

test('a flow of ours gives a plain parent texts that openReturnValue opens', async () => {
  const { guests, prefix } = sharedQueues()
  const halls = defineQueue('halls', { accept: 'json', prefix, jobs: { hall: { payload: z.string() } } })
  const inviting = createWorker(guests, {
    ...quiet,
    handlers: { invite: (one) => one, count: () => ({ job: '', age: 0 }) },
  })
  plainWorker(halls.name, prefix, async (job) => {
    const values = Object.values(await job.getChildrenValues())
    const invited = await Promise.all(values.map((value) => openReturnValue(guests, 'invite', value)))
    return invited.map((one) => one instanceof Person && one.name)
  })
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(async () => {
    await Promise.all([inviting.close(), flows.close()])
  })
  const { job } = await flows.add(node(halls, 'hall', 'town', { children: [node(guests, 'invite', ada)] }))
  expect(await job.result()).toEqual(['Ada'])
})

test('a scheduler of a plain program runs in our worker, is listed as what its handler receives, and is let be', async () => {
  const { guests, prefix } = sharedQueues()
  const queue = new Queue(guests.name, { connection, prefix })
  const producer = createProducer(guests, { connection: redisUrl })
  const worker = createWorker(guests, {
    ...quiet,
    handlers: { invite: (one) => one, count: () => ({ job: '', age: 0 }) },
  })
  onTestFinished(async () => {
    await Promise.all([queue.close(), producer.close(), worker.close()])
  })
  const first = await queue.upsertJobScheduler(
    'each',
    { every: 60_000 },
    { name: 'invite', data: { name: 'Ada', age: 36 } },
  )
  expect(await producer.job('invite', String(first?.id)).result()).toEqual(ada)
  const data = await encodeData(guests, 'invite', ada)
  await queue.upsertJobScheduler('ours', { pattern: '0 0 1 1 *' }, { name: 'invite', data })
  expect(await producer.schedules.reconcile()).toEqual({ added: [], changed: [], removed: [] })
  const listed = await producer.schedules.list()
  expect(listed.map(({ id, payload }) => [id, payload]).sort()).toEqual([
    ['each', ada],
    ['ours', ada],
  ])
  expect(listed[0]?.payload).toBeInstanceOf(Person)
})
