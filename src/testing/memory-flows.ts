import { BrineError } from '../errors.ts'
import { element, root } from '../path.ts'
import type { AnyNode, TreesOf } from '../queue/flow/flow-node.ts'
import type { FlowProducer } from '../queue/flow/flow-producer.ts'
import { Household } from './household.ts'
import { plantFlows } from './plant-flow.ts'

const households = new WeakMap<object, { household: Household; move: (to: Household) => void }>()

/** Notes to which household the queue of an inline or a fake belongs. */
export function enrol(producer: object, household: Household, move: (to: Household) => void): void {
  households.set(producer, { household, move })
}

/** Adds flows to the queues of these producers in memory, which are of one household from then on. Throws OPTIONS_INVALID. */
export function createMemoryFlows(producers: readonly object[], what: string): FlowProducer {
  const together = new Household()
  for (const producer of producers) {
    const known = households.get(producer)
    if (!known) throw new BrineError('OPTIONS_INVALID', `takes what ${what} gives`, { path: 'producers' })
    together.join(known.household)
  }
  for (const producer of producers) households.get(producer)?.move(together)
  let closed = false

  async function addAll<const Flows extends readonly AnyNode[]>(
    flows: Flows,
    pathOf: (index: number) => string,
  ): Promise<TreesOf<Flows>> {
    if (closed) throw new BrineError('CLOSED', 'the flow producer is closed; make another')
    const trees = await plantFlows(together, flows, pathOf)
    await together.runAtOnce()
    // Their types are those of their nodes: what was added has the same shape.
    return trees as TreesOf<Flows>
  }

  return {
    async add<const F extends AnyNode>(flow: F) {
      const [tree] = await addAll([flow], () => root)
      return tree
    },
    addBulk: (flows) => addAll(flows, (index) => element(root, index)),
    async close() {
      closed = true
    },
  }
}
