import { checkUse } from '../check-use.ts'
import { disposable } from '../disposable.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { BrineError } from '../errors.ts'
import type { AnyNode, TreesOf } from '../flow/flow-node.ts'
import { checkOptions } from '../options.ts'
import { element, root } from '../path.ts'
import type { FlowProducer, FlowProducerOptions } from '../producer/flow-producer.ts'
import { plantFlows } from './plant-flow.ts'
import { QueueGroup } from './queue-group.ts'

/** Of `createInlineFlows` and `createFakeFlows`: as those of `createFlowProducer`. */
export type MemoryFlowOptions = Pick<FlowProducerOptions, 'use'>

const households = new WeakMap<object, { household: QueueGroup; move: (to: QueueGroup) => void }>()

/** Notes to which household the queue of an inline or a fake belongs. */
export function enrol(producer: object, household: QueueGroup, move: (to: QueueGroup) => void): void {
  households.set(producer, { household, move })
}

/** Adds flows to the queues of these producers in memory, which are of one household from then on; options may come last. Throws OPTIONS_INVALID. */
export function createMemoryFlows(given: readonly object[], what: string): FlowProducer {
  const last = given.at(-1)
  const options: MemoryFlowOptions = last && !households.has(last) ? last : {}
  const producers = given.filter((one) => one !== options)
  checkOptions(options, ['use'], `flows in memory, which take what ${what} gives`)
  const use = checkUse<UntypedEnqueueMiddleware>(options.use)
  if (producers.length === 0) throw new BrineError('OPTIONS_INVALID', `takes what ${what} gives, first`)
  const together = new QueueGroup()
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
    const trees = await plantFlows(together, flows, { use, pathOf })
    await together.runAtOnce()
    // Their types are those of their nodes: what was added has the same shape.
    return trees as TreesOf<Flows>
  }

  return disposable<FlowProducer>({
    async add<const F extends AnyNode>(flow: F) {
      const [tree] = await addAll([flow], () => root)
      return tree
    },
    addBulk: (flows) => addAll(flows, (index) => element(root, index)),
    async close() {
      closed = true
    },
  })
}
