import { type Cancelled, createFlowProducer, type FlowProducer, type Handler, node, type Producer } from 'brinemq'
import { createInline, createInlineFlows } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, type People, peopleQueue, rejection } from '../queue/people.ts'

interface Side {
  parents: Producer<People>
  children: Producer<People>
  flows: FlowProducer
}

const greet = () => ({ text: '', greetedAt: new Date(1), friends: [] })
type Work = Handler<People, 'anything'>

function inMemory(contracts: { parents: People; children: People }, parent: Work, child: Work): Side {
  const parents = createInline(contracts.parents, { handlers: { greet, anything: parent } })
  const children = createInline(contracts.children, { handlers: { greet, anything: child }, clock: parents.clock })
  return { parents, children, flows: createInlineFlows(parents, children) }
}

function inRedis(contracts: { parents: People; children: People }, parent: Work, child: Work): Side {
  openWorker(contracts.parents, parent)
  openWorker(contracts.children, child)
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  return { parents: openProducer(contracts.parents), children: openProducer(contracts.children), flows }
}

describe.each([
  ['in memory', inMemory],
  ['in Redis', inRedis],
])('%s', (_where, sides) => {
  function open(parent?: (children: People) => Work) {
    const contracts = { parents: peopleQueue(), children: peopleQueue() }
    const started = gate()
    const aborted: unknown[] = []
    const side = sides(contracts, parent?.(contracts.children) ?? (() => undefined), async (payload, { signal }) => {
      if (payload !== 'runs') return payload
      const ends = new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      started.open()
      await ends.catch((reason: unknown) => aborted.push(reason))
      return undefined
    })
    const child = (jobId: string, options: object = {}) =>
      node(contracts.children, 'anything', jobId, { options: { jobId: `${jobId}`, ...options } })
    const jobs = ['quick', 'runs', 'waits'].map((id) => side.children.job('anything', id))
    const seen = async ({ state, stopping, notStopped }: Cancelled) => ({
      state,
      stopping: stopping.map(({ id, name, queue }) => ({ id, name, queue })),
      notStopped: notStopped.map(({ id, reason }) => ({ id, reason })),
      errors: await Promise.all(jobs.slice(1).map(async (job) => Object(await rejection(job.result())).code)),
      states: await Promise.all(jobs.map((job) => job.state())),
    })
    return { ...side, ...contracts, side, child, started, aborted, seen, jobs }
  }

  const stopping = [{ id: 'runs', name: 'anything', queue: 'people' }]
  const notStopped = [{ id: 'quick', reason: 'completed' }]

  test('cancelling a parent stops the jobs below it that run, and names those that it did not stop', async () => {
    const { side, parents, child, started, aborted, seen } = open()
    const middle = node(parents, 'anything', 'middle', {
      children: [child('quick'), child('runs'), child('waits', { delay: 600_000 })],
    })
    const added = side.flows.add(node(parents, 'anything', 'top', { options: { jobId: 'top' }, children: [middle] }))
    await started.opened
    const top = side.parents.job('anything', 'top')
    expect(await seen(await top.cancel('enough'))).toEqual({
      ...{ state: 'removed', stopping, notStopped },
      errors: ['JOB_CANCELLED', 'JOB_CANCELLED'],
      states: ['completed', 'failed', 'missing'],
    })
    expect(await rejection(top.result())).toMatchObject({ code: 'JOB_CANCELLED' })
    expect(aborted).toMatchObject([{ code: 'JOB_CANCELLED' }])
    await added
  })

  test('cancelling a parent leaves the jobs that run when it is told to', async () => {
    const { side, parents, child, started, aborted, jobs } = open()
    const tree = node(parents, 'anything', 'top', {
      options: { jobId: 'top' },
      children: [child('runs'), child('waits', { delay: 600_000 })],
    })
    const added = side.flows.add(tree)
    await started.opened
    const found = await side.parents.job('anything', 'top').cancel('enough', { leaveRunning: true })
    expect(found).toEqual({ state: 'removed', stopping: [], notStopped: [] })
    expect(await Promise.all(jobs.slice(1).map((job) => job.state()))).toEqual(['active', 'missing'])
    expect(aborted).toEqual([])
    await jobs[1]?.cancel()
    await added
  })

  test('a child that is cancelled while it waits leaves its parent, and has not failed it', async () => {
    const { side, parents, child } = open()
    const tree = node(parents, 'anything', 'top', {
      children: [child('waits', { delay: 600_000, failParentOnFailure: true })],
    })
    const { job, children } = await side.flows.add(tree)
    expect(await children[0].job.cancel('enough')).toMatchObject({ state: 'removed' })
    expect(await job.result()).toBeUndefined()
  })
})
