import { createFlowProducer, createProducer, createWorker, node, sandboxed } from 'brinemq'
import { createInline, createInlineFlows, createTestClock } from 'brinemq/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { rejection } from '../queue/people.ts'
import { Order, Refusal } from './handlers/contract.ts'
import { familyQueues } from './handlers/family.ts'

const module = new URL('./handlers/family.ts', import.meta.url)

function bring(given: Order): Order {
  if (given.what === 'b') throw new Refusal(given)
  return given
}

function open(where: 'thread' | 'process') {
  const queues = familyQueues(freshPrefix())
  const connection = redisUrl
  const common = { connection, shutdownOnSignals: false, graceMs: 0, onError: () => {}, drainDelay: 1 }
  const gathering = createWorker(queues.parents, {
    ...common,
    handlers: { gather: sandboxed(module, { in: where }) },
  })
  const flows = createFlowProducer({ connection })
  const producer = createProducer(queues.parents, { connection })
  onTestFinished(async () => {
    await Promise.all([gathering, flows, producer].map((one) => one.close()))
  })
  const work = () => {
    const bringing = createWorker(queues.children, { ...common, handlers: { bring } })
    onTestFinished(() => bringing.close())
  }
  return { ...queues, flows, producer, work }
}

const order = (what: string) => new Order(what, new Date(1))
const counts = { unprocessed: 0, processed: 1, ignored: 1, failed: 0 }

describe.each(['thread', 'process'] as const)('in a %s', (where) => {
  test('a sandboxed parent gets results and errors of its children as their classes', async () => {
    const { parents, children, flows, work } = open(where)
    work()
    const nodes = ['a', 'b'].map((what) =>
      node(children, 'bring', order(what), { options: { ignoreDependencyOnFailure: true } }),
    )
    const { job } = await flows.add(node(parents, 'gather', 'look', { children: nodes }))
    const { found } = await job.result()
    expect(found).toEqual([expect.any(Order), expect.any(Refusal), counts])
    expect(found).toMatchObject([{ what: 'a' }, { order: { what: 'b' } }, {}])
  })

  test.each(['step', 'swallow'])('a sandboxed handler adds children and waits for them, once (%s)', async (what) => {
    const { parents, flows, producer, work } = open(where)
    const events = producer.events()
    const { job } = await flows.add(node(parents, 'gather', what))
    for await (const event of events) if (event.type === 'waiting-children') break
    work()
    const { found, runs } = await job.result()
    expect(found[0]).toEqual(order('a'))
    expect(runs).toBe(2)
    expect((await job.info())?.attempts).toBe(1)
  })

  test('what is refused of a child rejects inside, with its code and path', async () => {
    const { parents, flows } = open(where)
    const { job } = await flows.add(node(parents, 'gather', 'refused'))
    expect(await rejection(job.result())).toMatchObject({ code: 'PAYLOAD_INVALID', path: '$[0].payload' })
  })
})

test('a sandboxed parent has its children in memory too', async () => {
  const { parents, children } = familyQueues()
  const clock = createTestClock()
  const gathering = createInline(parents, { clock, handlers: { gather: sandboxed(module, { in: 'thread' }) } })
  const bringing = createInline(children, { clock, handlers: { bring } })
  onTestFinished(() => gathering.close())
  const flows = createInlineFlows(gathering, bringing)
  const { job } = await flows.add(node(parents, 'gather', 'step'))
  expect((await job.result()).found).toEqual([expect.any(Order), expect.any(Refusal), counts])
})
