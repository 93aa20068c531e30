import { createProducer, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../connection.ts'
import { openWorker, rejection, TooYoung } from './people.ts'
import { ada, failing, setUp } from './reports.ts'

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
