import { defineQueue, node } from 'brinemq'
import {
  createFakeFlows,
  createFakeProducer,
  createInline,
  createInlineFlows,
  createTestClock,
  type InlineOptions,
} from 'brinemq/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { AnyEnqueueMiddleware } from '../../src/enqueue/enqueue-middleware.ts'
import type { FlowOptions } from '../../src/flow/flow-node.ts'
import { Person, person, rejection, TooYoung, tooYoung } from '../queue/people.ts'

const ada = new Person('Ada', 36)
const models = [person, tooYoung]
const visits = defineQueue('visits', { models, jobs: { visit: { payload: person.schema, result: person.schema } } })
const parties = defineQueue('parties', {
  models,
  jobs: { party: { payload: z.string(), result: z.unknown() }, tidy: { payload: z.number(), result: z.number() } },
})

type Party = InlineOptions<typeof parties>['handlers']['party']

/** A house in which people of 18 and more are let in, and a party in it. */
function open(party: Party, options: { autorun?: boolean } = {}) {
  const clock = createTestClock(new Date(0))
  const ran: string[] = []
  const inlineVisits = createInline(visits, {
    ...{ clock, ...options },
    handlers: {
      visit: (who) => {
        ran.push(who.name)
        if (who.age < 18) throw new TooYoung(who)
        return who
      },
    },
  })
  const inline = createInline(parties, { ...{ clock, ...options }, handlers: { party, tidy: (n) => n * 2 } })
  return { clock, ran, inline, inlineVisits, flows: createInlineFlows(inline, inlineVisits) }
}

const visit = (name: string, age: number, options: FlowOptions = {}) =>
  node(visits, 'visit', new Person(name, age), { options })

test("runs a flow across queues, whose parent gets its children's results as their classes", async () => {
  const { flows, ran } = open(async (where, { children }) => {
    const guests = await children.results(visits, 'visit')
    return { where, guests: guests.map(({ result }) => result), counts: await children.counts() }
  })
  const { job, children } = await flows.add(
    node(parties, 'party', 'garden', { children: [visit('Ada', 36), visit('Eve', 30)] }),
  )
  expect(ran).toEqual(['Ada', 'Eve'])
  expect(await job.result()).toEqual({
    where: 'garden',
    guests: [ada, new Person('Eve', 30)],
    counts: { unprocessed: 0, processed: 2, ignored: 0, failed: 0 },
  })
  expect(await children[0].job.result()).toEqual(ada)
})

test('drains flows with delays and retries, level by level', async () => {
  const { flows, inline, inlineVisits, clock } = open(async (where) => `${where} at ${clock.now.getTime()}`)
  await flows.add(
    node(parties, 'party', 'outer', {
      options: { delay: 50 },
      children: [
        node(parties, 'party', 'inner', { children: [visit('Ada', 36, { delay: 1_000 })] }),
        node(parties, 'tidy', 4),
      ],
    }),
  )
  expect(await inline.drain()).toMatchObject([
    { name: 'tidy', state: 'completed', result: 8 },
    { name: 'party', state: 'completed', result: 'inner at 1000' },
    { name: 'party', state: 'completed', result: 'outer at 1050' },
  ])
  expect(await inlineVisits.drain()).toMatchObject([{ name: 'visit', state: 'completed', result: ada }])
})

test.each([
  ['failParentOnFailure', { state: 'failed', error: { code: 'JOB_FAILED' } }],
  ['ignoreDependencyOnFailure', { state: 'completed', result: [[expect.any(TooYoung)], { ignored: 1, processed: 1 }] }],
  ['continueParentOnFailure', { state: 'completed', result: [[expect.any(TooYoung)], { ignored: 1 }] }],
  ['removeDependencyOnFailure', { state: 'completed', result: [[], { ignored: 0, processed: 1 }] }],
] as const)('follows %s of a child that fails', async (policy, outcome) => {
  const { flows, inline } = open(async (_where, { children }) => {
    const failures = await children.failures(visits)
    return [failures.map(({ error }) => error), await children.counts()]
  })
  await flows.add(node(parties, 'party', 'x', { children: [visit('Kid', 7, { [policy]: true }), visit('Ada', 36)] }))
  expect(await inline.drain()).toMatchObject([outcome])
})

test('leaves a parent to wait whose child failed, until the child completes', async () => {
  let strict = true
  const clock = createTestClock()
  const guests = createInline(visits, {
    clock,
    handlers: {
      visit: (who) => {
        if (strict) throw new TooYoung(who)
        return who
      },
    },
  })
  const hosts = createInline(parties, { clock, handlers: { party: () => 'done', tidy: (n) => n } })
  const { job, children } = await createInlineFlows(hosts, guests).add(
    node(parties, 'party', 'x', { children: [visit('Kid', 7)] }),
  )
  expect(await hosts.drain()).toEqual([])
  expect(await job.state()).toBe('waiting-children')
  strict = false
  await children[0].job.retry()
  expect(await job.result()).toBe('done')
})

test('lets a handler add children, wait for them, and run again from its beginning', async () => {
  const runs: number[] = []
  const { flows, inline } = open(async (_where, { children, attempt }) => {
    runs.push(attempt)
    await children.step('guests', () => [visit('Ada', 36), visit('Eve', 30)])
    await children.step('tidy', () => [node(parties, 'tidy', 1)])
    return [(await children.results(visits, 'visit')).length, await children.results(parties, 'tidy')]
  })
  const { job } = await flows.add(node(parties, 'party', 'x'))
  await inline.drain()
  expect(await job.result()).toEqual([2, [{ id: expect.any(String), result: 2 }]])
  expect(runs).toEqual([1, 1, 1])
})

test('refuses what production refuses, with its place in the flow, and a queue that has no inline', async () => {
  const { flows, inline, ran } = open(() => 'done')
  const bad = node(parties, 'party', 'x', { children: [visit('Ada', 36), visit('Eve', -1)] })
  expect(await rejection(flows.add(bad))).toMatchObject({
    code: 'FIELDS_INVALID',
    path: expect.stringMatching(/^\$\.children\[1\]\.payload/),
  })
  const others = defineQueue('others', { jobs: { a: { payload: z.number() } } })
  const stray = node(parties, 'party', 'x', { children: [node(others, 'a', 1)] })
  expect(await rejection(flows.add(stray))).toMatchObject({ code: 'OPTIONS_INVALID' })
  expect(() => createInlineFlows({ clock: createTestClock() })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID' }),
  )
  expect(ran).toEqual([])
  expect(await inline.drain()).toEqual([])
  await flows.close()
  expect(await rejection(flows.add(node(parties, 'tidy', 1)))).toMatchObject({ code: 'CLOSED' })
})

test('leaves flows to wait until they are drained', async () => {
  const { flows, inline, ran } = open(() => 'done', { autorun: false })
  await flows.addBulk([node(parties, 'party', 'x', { children: [visit('Ada', 36)] }), node(parties, 'tidy', 1)])
  expect(ran).toEqual([])
  expect(await inline.drain()).toMatchObject([{ name: 'tidy' }, { name: 'party', result: 'done' }])
})

test('makes a job the child of another by the plain option `parent`, and refuses a parent that is not there', async () => {
  const { flows, inline, inlineVisits } = open(
    async (_where, { children }) => {
      const guests = await children.results(visits, 'visit')
      return guests.map(({ result }) => result.name)
    },
    { autorun: false },
  )
  const { job } = await flows.add(node(parties, 'party', 'garden', { children: [visit('Eve', 30)] }))
  const parent = { id: job.id, queue: 'bull:parties' }
  await inlineVisits.enqueue('visit', ada, { parent, priority: 1 })
  await inline.drain()
  expect(await job.result()).toEqual(['Eve', 'Ada'])
  const late = inlineVisits.enqueue('visit', ada, { parent: { ...parent, id: 'nobody' } })
  expect(await rejection(late)).toMatchObject({ code: 'OPTIONS_INVALID', job: 'visit' })
})

test('cancels or removes a parent with its children that have not begun', async () => {
  const { flows, inline } = open(() => 'done', { autorun: false })
  const add = async () => {
    const inner = node(parties, 'party', 'inner', { children: [visit('Ada', 36, { delay: 1_000 })] })
    const { job, children } = await flows.add(node(parties, 'party', 'outer', { children: [inner, visit('Eve', 30)] }))
    const [first, second] = children
    return { job, all: [job, first.job, first.children[0].job, second.job] }
  }
  const states = (jobs: readonly { state(): Promise<string> }[]) => Promise.all(jobs.map((job) => job.state()))

  const cancelled = await add()
  expect(await states(cancelled.all)).toEqual(['waiting-children', 'waiting-children', 'delayed', 'waiting'])
  expect(await cancelled.job.cancel('enough')).toMatchObject({ state: 'removed' })
  expect(await states(cancelled.all)).toEqual(['missing', 'missing', 'missing', 'missing'])

  const removed = await add()
  await removed.job.remove()
  expect(await states(removed.all)).toEqual(['missing', 'missing', 'missing', 'missing'])
  const ended = { name: 'party', state: 'failed', error: { code: 'JOB_CANCELLED' } }
  expect(await inline.drain()).toMatchObject([ended, ended])
})

test("tells a flow's middlewares of all its jobs, and a worker's of the children that a handler adds", async () => {
  const told: string[] = []
  const tell =
    (who: string): AnyEnqueueMiddleware =>
    async (job, next) => {
      told.push(`${who} ${job.queue} ${job.name}`)
      return next({ attempts: 3 })
    }
  const clock = createTestClock(new Date(0))
  const guests = createInline(visits, { clock, handlers: { visit: (who) => who } })
  const hosts = createInline(parties, {
    clock,
    enqueues: [tell('worker')],
    handlers: {
      async party(_where, { children }) {
        await children.step('tidy', () => [node(parties, 'tidy', 1)])
      },
      tidy: (n) => n,
    },
  })
  const flows = createInlineFlows(hosts, guests, { use: [tell('flows')] })
  await flows.add(node(parties, 'party', 'x', { children: [visit('Ada', 36)] }))
  expect(told).toEqual(['flows parties party', 'flows visits visit', 'worker parties tidy'])
  const fake = createFakeProducer(visits)
  await createFakeFlows(fake, { use: [tell('fake')] }).add(visit('Ada', 36))
  expect(fake.jobs).toMatchObject([{ name: 'visit', options: { attempts: 3 } }])
  const misspelt = { uses: [] }
  // @ts-expect-error there is no such option
  expect(() => createInlineFlows(hosts, misspelt)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
})
