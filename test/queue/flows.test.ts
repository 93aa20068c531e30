import { createFlowProducer, createWorker, defineQueue, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { gate, openWorker, peopleQueue, rejection, TooYoung } from './people.ts'
import { ada, failing, greeted, payload, setUp } from './reports.ts'

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
