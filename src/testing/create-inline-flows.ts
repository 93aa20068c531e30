import type { QueueContract } from '../contract/contract.ts'
import type { FlowProducer } from '../producer/flow-producer.ts'
import type { Inline } from './create-inline.ts'
import { createMemoryFlows, type MemoryFlowOptions } from './memory-flows.ts'

/**
 * Adds flows to queues in memory: a `FlowProducer` for code under test. Give it the inline of every queue that the flows have;
 * from then on these run together, and `drain` of one runs them all. They should share a clock. Options, as
 * those of `createFlowProducer`, may come last. Throws OPTIONS_INVALID.
 *
 * @example
 * const clock = createTestClock()
 * const inlineReports = createInline(reports, { clock, handlers: reportHandlers })
 * const inlineDigests = createInline(digests, { clock, handlers: digestHandlers })
 * const flows = createInlineFlows(inlineReports, inlineDigests)
 * const { job } = await flows.add(node(reports, 'report', { title }, { children: [node(digests, 'digest', { file })] }))
 */
export function createInlineFlows(
  ...inlines:
    | readonly Pick<Inline<QueueContract>, 'clock'>[]
    | readonly [...Pick<Inline<QueueContract>, 'clock'>[], MemoryFlowOptions]
): FlowProducer {
  return createMemoryFlows(inlines, 'createInline')
}
