import { defineHandler, defineQueue, node } from 'brinemq'
import { z } from 'zod'
import { Order, order, refusal } from './contract.ts'

/** Read by both sides. The prefix is the queues' own where the handler runs, and the worker's at home. */
export function familyQueues(prefix?: string) {
  const given = prefix === undefined ? {} : { prefix }
  return {
    parents: defineQueue('parents', {
      ...given,
      models: [order, refusal],
      jobs: { gather: { payload: z.string(), result: z.object({ found: z.array(z.unknown()), runs: z.number() }) } },
    }),
    children: defineQueue('children', {
      ...given,
      models: [order, refusal],
      jobs: { bring: { payload: order.schema, result: order.schema } },
    }),
  }
}

const { parents, children: queue } = familyQueues()
const runs = new Map<string, number>()

/** Does with its children what its payload says. */
export default defineHandler(parents, 'gather', async (what, { id, children }) => {
  runs.set(id, (runs.get(id) ?? 0) + 1)
  const bring = (orders: readonly string[]) =>
    orders.map((one) =>
      node(queue, 'bring', new Order(one, new Date(1)), { options: { ignoreDependencyOnFailure: true } }),
    )
  if (what === 'step') await children.step('first', () => bring(['a', 'b']))
  if (what === 'swallow') await children.step('first', () => bring(['a'])).catch(() => {})
  if (what === 'refused') await children.add([{ ...node(queue, 'bring', new Order('a', new Date(1))), payload: 1 }])
  const results = await children.results(queue, 'bring')
  const failures = await children.failures(queue)
  const found = [...results.map(({ result }) => result), ...failures.map(({ error }) => error)]
  return { found: [...found, await children.counts()], runs: runs.get(id) ?? 0 }
})
