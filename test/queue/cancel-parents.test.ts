import { createFlowProducer, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { redisUrl } from '../connection.ts'
import { openProducer, openWorker, peopleQueue, rejection } from './people.ts'

const cancelled = (reason: string) =>
  expect.objectContaining({ code: 'JOB_CANCELLED', job: 'anything', message: `JOB_CANCELLED anything: ${reason}` })

test('removes a parent that waits for its children, with those that have not begun', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const flows = createFlowProducer({ connection: redisUrl, prefix: contract.prefix })
  onTestFinished(() => flows.close())
  const flow = await flows.add(
    node(contract, 'anything', 'parent', {
      children: [node(contract, 'anything', 'a'), node(contract, 'anything', 'b')],
    }),
  )
  expect(await flow.job.state()).toBe('waiting-children')
  expect(await producer.job('anything', flow.job.id).cancel('enough')).toMatchObject({ state: 'removed' })
  expect(await rejection(flow.job.result())).toEqual(cancelled('enough'))
  expect(await Promise.all(flow.children.map(({ job }) => job.state()))).toEqual(['missing', 'missing'])
})

test('removes a parent that waits for its children without its running, where a worker waits for it', async () => {
  const parents = peopleQueue()
  const children = peopleQueue()
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  const worker = openWorker(parents, () => undefined)
  await worker.waitUntilReady()
  const below = node(parents, 'anything', 'below', { children: [node(children, 'anything', 'lowest')] })
  const flow = await flows.add(node(parents, 'anything', 'parent', { children: [below] }))
  expect(await flow.job.cancel('enough')).toMatchObject({ state: 'removed' })
  const there = [flow.job, flow.children[0]?.job, flow.children[0]?.children[0]?.job]
  expect(await Promise.all(there.map((job) => job?.state()))).toEqual(['missing', 'missing', 'missing'])
  const counts = await openProducer(parents).control.counts()
  expect([counts.failed, counts.completed, counts.waiting]).toEqual([0, 0, 0])
})
