import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { element, root } from '../path.ts'
import type { AnyNode, TreesOf } from '../queue/flow/flow-node.ts'
import type { FlowProducer } from '../queue/flow/flow-producer.ts'
import type { Inline } from './create-inline.ts'
import { Household } from './household.ts'
import { plantFlows } from './plant-flow.ts'

const households = new WeakMap<object, { household: Household; move: (to: Household) => void }>()

/** Notes to which household the queue of an inline belongs. */
export function enrol(inline: object, household: Household, move: (to: Household) => void): void {
  households.set(inline, { household, move })
}

/**
 * Adds flows to queues in memory: a `FlowProducer` for code under test. Give it the inline of every queue that the flows have;
 * from then on these run together, and `drain` of one runs them all. They should share a clock. Throws OPTIONS_INVALID.
 *
 * @example
 * const clock = createTestClock()
 * const inlineReports = createInline(reports, { clock, handlers: reportHandlers })
 * const inlineDigests = createInline(digests, { clock, handlers: digestHandlers })
 * const flows = createInlineFlows(inlineReports, inlineDigests)
 * const { job } = await flows.add(node(reports, 'report', { title }, { children: [node(digests, 'digest', { file })] }))
 */
export function createInlineFlows(...inlines: readonly Pick<Inline<QueueContract>, 'clock'>[]): FlowProducer {
  const together = new Household()
  for (const inline of inlines) {
    const known = households.get(inline)
    if (!known) throw new BrineError('OPTIONS_INVALID', 'takes what createInline gives', { path: 'inlines' })
    together.join(known.household)
  }
  for (const inline of inlines) households.get(inline)?.move(together)
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
