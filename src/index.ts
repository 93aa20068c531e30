export { type Codec, type CodecOptions, createCodec } from './codec/codec.ts'
export { defaultLimits, type Limits } from './codec/limits.ts'
export type {
  JobNames,
  PayloadInput,
  PayloadOutput,
  ProgressInput,
  ProgressOutput,
  QueueContract,
  ResultInput,
  ResultOutput,
} from './contract/contract.ts'
export { defineQueue, type QueueDefinition } from './contract/define-queue.ts'
export type { JobDefinition, JobDefinitions } from './contract/job-definition.ts'
export type { EnqueueOptions, JobDefaults } from './contract/job-options.ts'
export type { Repeat } from './contract/repeat.ts'
export type { ScheduleDeclarations, ScheduleOptions } from './contract/schedules.ts'
export { BrineError, type BrineErrorCode } from './errors.ts'
export { defineModel, type ModelOptions } from './model/define-model.ts'
export type { Class, Model } from './model/model.ts'
export type { Cancelled } from './queue/cancel-job.ts'
export type { ConnectionInput, ConnectionOptions } from './queue/connection.ts'
export type { CleanState, Counts, QueueControl } from './queue/control.ts'
export { type DefinedHandler, defineHandler } from './queue/define-handler.ts'
export type { DrainOptions } from './queue/drain.ts'
export type { AddedOptions, EnqueuedJob, EnqueueMiddleware } from './queue/enqueue-middleware.ts'
export { type AnyNode, type FlowNode, type FlowOptions, type FlowTree, node, type TreesOf } from './queue/flow-node.ts'
export { createFlowProducer, type FlowProducer, type FlowProducerOptions } from './queue/flow-producer.ts'
export type { Handler, HandlerContext, Handlers } from './queue/handler.ts'
export type { ChildCounts, ChildFailure, ChildResult, HandlerChildren } from './queue/handler-children.ts'
export type { JobInfo, JobLogs, JobState } from './queue/inspect-job.ts'
export { type IsolatedHandler, type IsolatedOptions, isolated } from './queue/isolated.ts'
export type { EventsOptions, JobEvent } from './queue/job-events.ts'
export type { JobHandle, ResultOptions } from './queue/job-handle.ts'
export { type LogFields, type Logger, type Logging, logging } from './queue/logging.ts'
export type { MapOptions, MapOutcome } from './queue/map-jobs.ts'
export type { HandledJob, Middleware } from './queue/middleware.ts'
export type { RetryOptions } from './queue/move-job.ts'
export { type Envelope, encodeData, type OpenedJob, openJob, openReturnValue } from './queue/open-job.ts'
export { type BulkItem, createProducer, type Producer, type ProducerOptions } from './queue/producer.ts'
export { PutBack } from './queue/put-back.ts'
export type { Reconciled } from './queue/reconcile.ts'
export type { FailedAttempt, Retry } from './queue/retry.ts'
export type {
  ReadableSchedule,
  Schedule,
  ScheduleInput,
  Schedules,
  UnreadableSchedule,
} from './queue/schedules.ts'
export { createWorker, type QueueWorker } from './queue/worker.ts'
export type { WorkerOptions } from './queue/worker-options.ts'
export { createFiles, type Files } from './store/create-files.ts'
export { createStore, type StoreOptions } from './store/create-store.ts'
export type { Lifetime, SetOptions, Store } from './store/store.ts'
