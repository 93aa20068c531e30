import { type BulkItem, defineQueue, type Producer, type QueueWorker } from 'brinemq'
import { z } from 'zod'
import { files, type SourceFile } from '../../../jobs/digest.ts'
import { films } from '../../../jobs/render.ts'
import type { JobDefinitions } from '../../../src/contract/job-definition.ts'

const both = defineQueue('both', { models: [...films.models, ...files.models], jobs: { ...films.jobs, ...files.jobs } })
export declare const producer: Producer<typeof both>
export declare const worker: QueueWorker
export declare const id: string
export declare const job: { result(): Promise<unknown> }
export declare class PaymentFailed extends Error {
  readonly orderId: string
}
export declare function readFiles(): AsyncIterable<SourceFile>
export declare function readPosition(): Promise<string | undefined>
export declare function writePosition(position: string): Promise<void>
export const payload = z.unknown()
/** Takes the block on time limits, which is a part of a contract. */
export declare function around(definition: { jobs: JobDefinitions }): void
export declare const items: BulkItem<typeof both>[]
export { BrineError } from 'brinemq'
