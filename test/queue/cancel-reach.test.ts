import { once } from 'node:events'
import { createFlowProducer, createProducer, createWorker, defineQueue, node, sandboxed } from 'brinemq'
import { startEmbedded } from 'brinemq/embedded'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { Order, ordersQueue } from '../sandbox/handlers/contract.ts'
import { familyQueues } from '../sandbox/handlers/family.ts'
import { cancelled, never, openFamily, states } from './cancel-family.ts'
import { quiet, rejection } from './people.ts'
import { keysOf } from './sealed/sealed-queue.ts'

test('stops children that are sealed with keys of its contract, and names those with other keys', async () => {
  const jobs = { work: { payload: z.string() } }
  const prefix = freshPrefix()
  const ours = defineQueue('ours', { prefix, keys: keysOf('sign'), jobs })
  const theirs = defineQueue('theirs', { prefix, keys: { secrets: { k9: new Uint8Array(32).fill(9) } }, jobs })
  const plain = defineQueue('plain', { prefix, jobs })
  const begun: string[] = []
  const ended: unknown[] = []
  const workers = [ours, theirs, plain].map((contract) =>
    createWorker(contract, {
      ...quiet,
      concurrency: 5,
      handlers: {
        work: async (what, { signal }) => {
          begun.push(what)
          await once(signal, 'abort')
          ended.push(signal.reason)
        },
      },
    }),
  )
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(async () => void (await Promise.all([flows.close(), ...workers.map((worker) => worker.close())])))
  const { job, children } = await flows.add(
    node(ours, 'work', 'top', {
      children: [
        node(ours, 'work', 'ours'),
        node(theirs, 'work', 'theirs'),
        node(theirs, 'work', 'waits', { options: never }),
        node(plain, 'work', 'plain'),
      ],
    }),
  )
  await expect.poll(() => begun.toSorted()).toEqual(['ours', 'plain', 'theirs'])
  const found = await job.cancel('enough')
  const [first, second, third, fourth] = children.map((one) => one.job)
  expect(found.state).toBe('removed')
  expect(found.stopping.map(({ queue }) => queue).toSorted()).toEqual(['ours', 'plain'])
  expect(found.notStopped).toEqual([{ prefix, queue: 'theirs', name: 'work', id: second?.id, reason: 'unreachable' }])
  for (const one of [first, fourth]) expect(await rejection(Promise.resolve(one?.result()))).toEqual(cancelled)
  expect(await states([first, second, third, fourth])).toEqual(['failed', 'active', 'missing', 'failed'])
  expect(ended).toEqual([cancelled, cancelled])
})

test('names the children in queues that Redis does not let it reach, and stops the others', async () => {
  const redis = await startEmbedded()
  const admin = openClient(redis.url)
  const { parents, children, flows, child, started, aborted } = openFamily({ connection: redis.url })
  const rules = [`~${parents.prefix}:*`, '+@all', 'allchannels']
  await admin.call('ACL', 'SETUSER', 'limited', 'on', '>secret', ...rules)
  const producer = createProducer(parents, { connection: redis.url.replace('redis://', 'redis://limited:secret@') })
  const { job, children: below } = await flows.add(
    node(parents, 'anything', 'top', {
      children: [child('runs'), node(parents, 'anything', 'waits', { options: never })],
    }),
  )
  await started('runs')
  const [runs, waits] = below.map((one) => one.job)
  expect(await producer.job('anything', job.id).cancel('enough')).toEqual({
    ...{ state: 'removed', stopping: [] },
    notStopped: [{ prefix: children.prefix, queue: 'people', name: undefined, id: runs?.id, reason: 'unreachable' }],
  })
  expect(await states([job, runs])).toEqual(['missing', 'active'])
  if ((await waits?.state()) !== 'missing') {
    await waits?.promote()
    expect(await rejection(Promise.resolve(waits?.result()))).toEqual(cancelled)
  }
  expect(aborted).toEqual([])
  await producer.close()
})

test.each(['thread', 'process'] as const)('stops a child whose handler runs in a %s', async (where) => {
  const prefix = freshPrefix()
  const { parents } = familyQueues(prefix)
  const orders = ordersQueue(prefix)
  const module = new URL('../sandbox/handlers/obey.ts', import.meta.url)
  const worker = createWorker(orders, {
    ...quiet,
    handlers: { obey: sandboxed(module, { in: where }), hurry: () => {} },
  })
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(async () => void (await Promise.all([flows.close(), worker.close()])))
  const reported = once(worker.bullmq, 'progress')
  const child = node(orders, 'obey', new Order('burn', new Date(1)), { options: { attempts: 3 } })
  const { job, children } = await flows.add(node(parents, 'gather', 'top', { children: [child] }))
  await reported
  expect(await job.cancel('enough')).toMatchObject({ state: 'removed', stopping: [{ id: children[0].job.id }] })
  expect(await rejection(children[0].job.result())).toEqual(cancelled)
})
