import type { QueueContract } from '../contract/contract.ts'
import type { FlowProducer } from '../producer/flow-producer.ts'
import type { FakeProducer } from './create-fake-producer.ts'
import { createMemoryFlows, type MemoryFlowOptions } from './memory-flows.ts'

/**
 * Captures flows, each job of them in the fake of its queue: a `FlowProducer` for code under test. Give it the fake of every queue
 * that the flows have. A parent waits until its children are ended by `complete` or `fail`. Options, as
 * those of `createFlowProducer`, may come last. Throws OPTIONS_INVALID.
 *
 * @example
 * const fakeReports = createFakeProducer(reports)
 * const fakeDigests = createFakeProducer(digests)
 * await publish(createFakeFlows(fakeReports, fakeDigests), 'Hamlet')
 * const report = fakeReports.expectEnqueued('report', { title: 'Hamlet' })
 * fakeDigests.expectEnqueued('digest', { file: 'hamlet.txt' }, { parent: { id: report.id } })
 */
export function createFakeFlows(
  ...fakes:
    | readonly Pick<FakeProducer<QueueContract>, 'clock'>[]
    | readonly [...Pick<FakeProducer<QueueContract>, 'clock'>[], MemoryFlowOptions]
): FlowProducer {
  return createMemoryFlows(fakes, 'createFakeProducer')
}
