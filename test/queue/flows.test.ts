import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../src/contract/define-queue.ts'
import { node } from '../../src/queue/flow/flow-node.ts'
import { createFlowProducer } from '../../src/queue/flow/flow-producer.ts'
import type { HandlerChildren } from '../../src/queue/flow/handler-children.ts'
import { createProducer } from '../../src/queue/producer/producer.ts'
import { createWorker } from '../../src/queue/worker/worker.ts'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { gate, openWorker, Person, peopleQueue, person, rejection, TooYoung, tooYoung, untyped } from './people.ts'

const ada = new Person('Ada', 36)
const payload = { person: ada, at: new Date(5) }
const greeted = { text: 'Hi Ada 36', greetedAt: new Date(1), friends: [ada] }

type Collect = (children: HandlerChildren, context: { id: string; attempt: number }) => unknown

/** A queue for parents, beside that of people, and what adds flows. */
function setUp(collect: Collect, options: { attempts?: number } = {}) {
  const people = peopleQueue()
  const reports = defineQueue('reports', {
    prefix: freshPrefix(),
    models: [person, tooYoung],
    jobs: { collect: { payload: z.string(), result: z.unknown(), options } },
  })
  const worker = createWorker(reports, {
    connection: redisUrl,
    shutdownOnSignals: false,
    onError: () => {},
    drainDelay: 1,
    handlers: { collect: (_, { children, id, attempt }) => collect(children, { id, attempt }) },
  })
  onTestFinished(() => worker.close({ graceMs: 0 }))
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  return { people, reports, flows, worker }
}

const failing = () => {
  throw new TooYoung(ada, { cause: new RangeError('36') })
}

test('gives a parent the results of its children of another contract, decoded, by job', async () => {
  const { people, reports, flows } = setUp(async (children) => ({
    greet: await children.results(people, 'greet'),
    anything: await children.results(people, 'anything'),
    counts: await children.counts(),
  }))
  openWorker(people, (given) => given)
  const tree = await flows.add(
    node(reports, 'collect', 'all', {
      children: [
        node(people, 'greet', payload),
        node(people, 'anything', new Map([[1n, ada]])),
        node(people, 'anything', undefined),
      ],
    }),
  )
  const [greet, map, nothing] = tree.children
  expect(await greet.job.result()).toEqual(greeted)
  expect(await map.job.result()).toEqual(new Map([[1n, ada]]))
  const result = await tree.job.result()
  expect(result).toMatchObject({
    greet: [{ id: greet.job.id, result: greeted }],
    anything: expect.arrayContaining([
      { id: map.job.id, result: new Map([[1n, ada]]) },
      { id: nothing.job.id, result: undefined },
    ]),
    counts: { unprocessed: 0, processed: 3, ignored: 0, failed: 0 },
  })
})

test('runs trees of any depth, a parent being a child itself', async () => {
  const { people, reports, flows } = setUp(async (children) => {
    const below = await children.results(reports, 'collect')
    return [...below, ...(await children.results(people, 'anything'))].map(({ result }) => result)
  })
  openWorker(people, (given) => given)
  const leaf = (n: number) => node(people, 'anything', n)
  const middle = node(reports, 'collect', 'middle', { children: [leaf(1)] })
  const { job, children } = await flows.add(node(reports, 'collect', 'top', { children: [middle, leaf(2)] }))
  expect(await job.result()).toEqual([[1], 2])
  expect(await children[0].children[0].job.result()).toBe(1)
})

test('stores texts verbatim, and the parent waits', async () => {
  const { people, reports, flows } = setUp(() => 'done')
  const { job, children } = await flows.add(
    node(reports, 'collect', 'all', { children: [node(people, 'anything', { 2: 'two', 1: 'é' })] }),
  )
  const [child] = children
  const text = await openClient().hget(`${people.prefix}:people:${child.job.id}`, 'data')
  expect(text).toContain('{"brine":1,"kind":"payload","job":"anything"')
  expect(await openClient().zscore(`${reports.prefix}:reports:waiting-children`, job.id)).not.toBeNull()
})

test.each(['ignoreDependencyOnFailure', 'continueParentOnFailure'] as const)(
  'tells a parent of the errors of its children, as their classes, with %s',
  async (policy) => {
    const { people, reports, flows } = setUp((children) => children.failures(people))
    openWorker(people, failing)
    const { job, children } = await flows.add(
      node(reports, 'collect', 'all', {
        children: [node(people, 'anything', 1, { options: { [policy]: true } })],
      }),
    )
    const [child] = children
    const result = z.array(z.object({ id: z.string(), name: z.string(), error: z.unknown() })).parse(await job.result())
    expect(result).toMatchObject([{ id: child.job.id, name: 'anything', error: { person: ada } }])
    expect(await rejection(child.job.result())).toBeInstanceOf(TooYoung)
  },
)

test.each(['ignoreDependencyOnFailure', 'continueParentOnFailure'] as const)(
  "gives the class of a child's error where the handler asks, also when nothing is kept of the child, with %s",
  async (policy) => {
    const seen = gate<unknown>()
    const { people, reports, flows } = setUp(async (children) => {
      await children.wait()
      seen.open(await children.failures(people))
    })
    openWorker(people, failing)
    const { children } = await flows.add(
      node(reports, 'collect', 'all', {
        children: [
          node(people, 'anything', 1, { options: { [policy]: true } }),
          node(people, 'anything', 2, { options: { [policy]: true, removeOnFail: true } }),
        ],
      }),
    )
    const failures = z
      .array(z.object({ id: z.string(), name: z.unknown(), error: z.unknown() }))
      .parse(await seen.opened)
    for (const { job } of children) {
      const failure = failures.find(({ id }) => id === job.id)
      expect(failure?.error).toBeInstanceOf(TooYoung)
      expect(failure).toMatchObject({ name: 'anything', error: { person: ada, cause: new RangeError('36') } })
    }
    const [, gone] = children
    expect(await gone.job.state()).toBe('missing')
  },
)

test.each([false, true])(
  "fails a parent with failParentOnFailure, by its child's error, up to the root, also when it is gone: %s",
  async (removeOnFail) => {
    const { people, reports, flows } = setUp(() => 1)
    openWorker(people, failing)
    const options = { failParentOnFailure: true, removeOnFail }
    const child = node(people, 'anything', 1, { options })
    const middle = node(reports, 'collect', 'middle', { options, children: [child] })
    const { job, children } = await flows.add(node(reports, 'collect', 'top', { children: [middle] }))
    const failure = { code: 'JOB_FAILED', job: 'collect', cause: expect.any(TooYoung) }
    expect(await rejection(job.result())).toMatchObject({ code: 'JOB_FAILED', job: 'collect', cause: failure })
    expect(await rejection(children[0].job.result())).toMatchObject(failure)
  },
)

test('fails a parent with failParentOnFailure by the message of an error whose class its contract does not have', async () => {
  const people = peopleQueue()
  const plain = defineQueue('plain', { prefix: freshPrefix(), jobs: { collect: { payload: z.string() } } })
  const options = { connection: redisUrl, shutdownOnSignals: false }
  const worker = createWorker(plain, { ...options, handlers: { collect: () => 1 } })
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(async () => void (await Promise.all([worker.close(), flows.close()])))
  openWorker(people, failing)
  const child = node(people, 'anything', 1, { options: { failParentOnFailure: true } })
  const { job } = await flows.add(node(plain, 'collect', 'all', { children: [child] }))
  expect(await rejection(job.result())).toMatchObject({
    ...{ code: 'JOB_FAILED', job: 'collect' },
    cause: { code: 'JOB_FAILED', job: 'anything', message: expect.stringContaining('Ada is too young') },
  })
})

test('runs a parent without the child that failed with removeDependencyOnFailure', async () => {
  const { people, reports, flows } = setUp((children) => children.counts())
  openWorker(people, failing)
  const child = node(people, 'anything', 1, { options: { removeDependencyOnFailure: true } })
  const { job } = await flows.add(node(reports, 'collect', 'a', { children: [child] }))
  expect(await job.result()).toEqual({ unprocessed: 0, processed: 0, ignored: 0, failed: 0 })
})

test('adds children while it runs, and runs again when they have ended, at no attempt', async () => {
  const runs: number[] = []
  const { people, reports, flows } = setUp(async (children, { attempt }) => {
    runs.push(attempt)
    await children.step('greet', () => [node(people, 'greet', { person: ada, at: new Date() })])
    await children.step('two', async () => {
      const [{ result } = { result: undefined }] = await children.results(people, 'greet')
      return [1, 2].map((n) =>
        node(people, 'anything', `${result?.text} ${n}`, { options: { removeOnComplete: true } }),
      )
    })
    const all = await children.results(people, 'anything')
    return all.map(({ result }) => result).toSorted()
  })
  openWorker(people, (given) => given)
  const { job } = await flows.add(node(reports, 'collect', 'all'))
  expect(await job.result()).toEqual(['Hi Ada 36 1', 'Hi Ada 36 2'])
  // A child may end before the handler has come to wait for it.
  expect(new Set(runs)).toEqual(new Set([1]))
})

test('waits with add and wait, whatever the handler makes of what ends it', async () => {
  let run = 0
  const { people, reports, flows } = setUp(async (children) => {
    if (run++ === 0) await children.add([node(people, 'anything', 7)])
    try {
      await children.wait()
    } catch {
      return 'too early'
    }
    return (await children.results(people, 'anything')).map(({ result }) => result)
  })
  const { job } = await flows.add(node(reports, 'collect', 'all'))
  const client = openClient()
  await expect.poll(() => client.zscore(`${reports.prefix}:reports:waiting-children`, job.id)).not.toBeNull()
  openWorker(people, (given) => given)
  expect(await job.result()).toEqual([7])
  expect(run).toBe(2)
})

test('finds the children of a step again when the process died before it was done', async () => {
  const prefix: { key?: string } = {}
  let run = 0
  const { people, reports, flows } = setUp(
    async (children) => {
      await children.step('one', () => [node(people, 'anything', 1)])
      // As if the process had died before the step was written down.
      if (run++ === 0) {
        await openClient().hdel(String(prefix.key), 'brine:steps')
        throw new Error('again')
      }
      return children.counts()
    },
    { attempts: 2 },
  )
  openWorker(people, (given) => given)
  prefix.key = `${reports.prefix}:reports:one`
  const { job } = await flows.add(node(reports, 'collect', 'all', { options: { jobId: 'one' } }))
  expect(await job.result()).toEqual({ unprocessed: 0, processed: 1, ignored: 0, failed: 0 })
})

test('fails a job that waits for a child which fails it', async () => {
  const { people, reports, flows } = setUp((children) =>
    children.step('one', () => [node(people, 'anything', 1, { options: { failParentOnFailure: true } })]),
  )
  openWorker(people, failing)
  const { job } = await flows.add(node(reports, 'collect', 'all'))
  expect(await rejection(job.result())).toMatchObject({
    ...{ code: 'JOB_FAILED', job: 'collect' },
    cause: expect.any(TooYoung),
  })
})

test('sends nothing of a flow in which anything is wrong, and names its place', async () => {
  const { people, reports, flows } = setUp(() => 1)
  const anything = (more?: object) => node(people, 'anything', 1, more)
  const wrong: [flow: unknown, code: string, path: string][] = [
    [untyped(node)(people, 'greet', { person: ada, at: 5 }), 'PAYLOAD_INVALID', '$.children[1].payload.at'],
    [node(people, 'anything', { f() {} }), 'UNSUPPORTED_VALUE', '$.children[1].payload.f'],
    [anything({ options: { attempts: -1 } }), 'OPTIONS_INVALID', '$.children[1].options.attempts'],
    [untyped(node)(people, 'nobody', 1), 'JOB_UNKNOWN', '$.children[1]'],
    [anything({ options: { deduplication: { id: 'a' } } }), 'OPTIONS_INVALID', '$.children[1].options.deduplication'],
    [anything({ options: { parent: { id: 'a', queue: 'b' } } }), 'OPTIONS_INVALID', '$.children[1].options.parent'],
    [
      anything({ options: { failParentOnFailure: true, ignoreDependencyOnFailure: true } }),
      'OPTIONS_INVALID',
      '$.children[1].options.ignoreDependencyOnFailure',
    ],
  ]
  for (const [child, code, path] of wrong) {
    const flow = { ...node(reports, 'collect', 'all'), children: [anything(), child] }
    expect(await rejection(untyped(flows.add)(flow))).toMatchObject({ code, path })
  }
  expect(await openClient().keys(`${people.prefix}:*`)).toEqual([])
})

test('adds many flows at once, and refuses when it is closed', async () => {
  const { people, reports, flows } = setUp(async (children) => (await children.results(people, 'anything')).length)
  openWorker(people, (given) => given)
  const [one, two] = await flows.addBulk([
    node(reports, 'collect', 'a', { children: [node(people, 'anything', 1)] }),
    node(people, 'anything', 'alone'),
  ])
  expect(await one.job.result()).toBe(1)
  expect(await two.job.result()).toBe('alone')
  await flows.close()
  expect(await rejection(flows.add(node(people, 'anything', 1)))).toMatchObject({ code: 'CLOSED' })
})

test('fails a job whose handler adds children and does not wait for them, at once and saying so', async () => {
  const { people, reports, flows, worker } = setUp(
    async (children) => {
      await children.add([node(people, 'anything', 1)])
      return 'too early'
    },
    { attempts: 3 },
  )
  const errors: unknown[] = []
  worker.bullmq.on('error', (error) => errors.push(error))
  const { job } = await flows.add(node(reports, 'collect', 'all'))
  expect(await rejection(job.result())).toMatchObject({ code: 'JOB_STATE_INVALID', job: 'collect' })
  expect(await job.info()).toMatchObject({ attempts: 1 })
  expect(errors).toEqual([])
})

test('lets the runs of a schedule have children, though their ids have colons', async () => {
  const { people, reports } = setUp(async (children) => {
    await children.step('a:b', () => [node(people, 'anything', ada)])
    return (await children.results(people, 'anything')).map(({ result }) => result)
  })
  openWorker(people, (given) => given)
  const producer = createProducer(reports, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const every = { name: 'collect', payload: 'all', repeat: { every: 3_600_000 } } as const
  const { nextRun } = await producer.schedules.upsert('hourly', every)
  expect(await nextRun.result()).toEqual([ada])
})

test('sends nothing of a flow with a child that is the child of another parent', async () => {
  const { people, reports, flows } = setUp((children) =>
    children.add([node(people, 'anything', 2), node(people, 'anything', 1, { options: { jobId: 'a' } })]),
  )
  const child = () => node(people, 'anything', 1, { options: { jobId: 'a' } })
  const parent = (...children: ReturnType<typeof child>[]) => node(reports, 'collect', 'all', { children })
  await flows.add(parent(child()))
  const client = openClient()
  const keys = () => client.keys(`*-${String(people.prefix).split('-').slice(-2).join('-')}:*`)
  const before = (await keys()).toSorted()
  const taken = (path: string) => expect.objectContaining({ code: 'OPTIONS_INVALID', job: 'anything', path })
  expect(await rejection(flows.add(parent(child())))).toEqual(taken('$.children[0].options.jobId'))
  const many = [node(people, 'anything', 1), parent(node(people, 'anything', 3), child())]
  expect(await rejection(flows.addBulk(many))).toEqual(taken('$[1].children[1].options.jobId'))
  const twice = () => node(people, 'anything', 1, { options: { jobId: 'b' } })
  expect(await rejection(flows.addBulk([parent(twice()), parent(twice())]))).toEqual(
    taken('$[1].children[0].options.jobId'),
  )
  expect((await keys()).toSorted()).toEqual(before)
  const { job } = await flows.add(node(reports, 'collect', 'adds'))
  expect(await rejection(job.result())).toEqual(taken('$[1].options.jobId'))
  expect(await client.llen(`${people.prefix}:people:wait`)).toBe(1)
})

test('hears of parents that are gone', async () => {
  const { people, flows } = setUp(() => 1)
  const queue = `${people.prefix}:people`
  const orphan = { ...node(people, 'anything', 1), options: { parent: { id: 'nobody', queue } } }
  expect(await rejection(untyped(flows.add)(orphan))).toMatchObject({ code: 'OPTIONS_INVALID' })
})

test('tells the children of two queues of one name apart by their prefixes', async () => {
  const jobs = { count: { payload: z.number(), result: z.number() } }
  const [ours, theirs] = ['ours', 'theirs'].map((it) =>
    defineQueue('counts', { prefix: `${freshPrefix()}-${it}`, jobs }),
  )
  if (!ours || !theirs) throw new Error('there are two')
  for (const contract of [ours, theirs]) {
    const worker = createWorker(contract, {
      connection: redisUrl,
      shutdownOnSignals: false,
      handlers: {
        count(n) {
          if (n < 0) throw new RangeError('less than none')
          return n
        },
      },
    })
    onTestFinished(() => worker.close({ graceMs: 0 }))
  }
  const { reports, flows } = setUp(async (children) => {
    const read = async (contract: typeof ours) => {
      const results = await children.results(contract, 'count')
      return [results.map(({ result }) => result), (await children.failures(contract)).map(({ id }) => id)]
    }
    return { ours: await read(ours), theirs: await read(theirs) }
  })
  const options = { ignoreDependencyOnFailure: true }
  const tree = await flows.add(
    node(reports, 'collect', 'all', {
      children: [
        node(ours, 'count', 1, { options }),
        node(theirs, 'count', 2, { options }),
        node(theirs, 'count', -1, { options: { ...options, jobId: 'bad' } }),
      ],
    }),
  )
  expect(await tree.job.result()).toEqual({ ours: [[1], []], theirs: [[2], ['bad']] })
})
