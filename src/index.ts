export { type Codec, type CodecOptions, createCodec } from './codec/codec.ts'
export type { Compression } from './codec/compress.ts'
export { defaultLimits, type Limits } from './codec/limits.ts'
export type { Keys, KeysDefinition } from './codec/seal/define-keys.ts'
export type { Accepted, SealMode } from './codec/seal/keyring.ts'
export { type NewKeyOptions, newKey } from './codec/seal/new-key.ts'
export { type BrineConfig, defineConfig } from './config/define-config.ts'
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
export { BrineError, type BrineErrorCode, type BulkEnd, type BulkPlace } from './errors.ts'
export { defineModel, type ModelOptions } from './model/define-model.ts'
export type { Class, Model } from './model/model.ts'
export type { ConnectionInput, ConnectionOptions } from './queue/connection/connection.ts'
export type { EventsOptions, JobEvent } from './queue/events/job-events.ts'
export {
  type AnyNode,
  type FlowNode,
  type FlowOptions,
  type FlowTree,
  node,
  type TreesOf,
} from './queue/flow/flow-node.ts'
export { createFlowProducer, type FlowProducer, type FlowProducerOptions } from './queue/flow/flow-producer.ts'
export type { ChildCounts, ChildFailure, ChildResult, HandlerChildren } from './queue/flow/handler-children.ts'
export { type HandlerModule, type IsolatedHandler, type IsolatedOptions, isolated } from './queue/isolate/isolated.ts'
export type { Cancelled, CancelledChild, CancelOptions, UnstoppedChild } from './queue/job/cancelled.ts'
export type { JobInfo, JobLogs, JobState } from './queue/job/inspect-job.ts'
export type { JobHandle, ResultOptions } from './queue/job/job-handle.ts'
export type { RetryOptions } from './queue/job/move-job.ts'
export {
  type BoundTo,
  type Envelope,
  encodeData,
  type OpenedJob,
  openJob,
  openReturnValue,
  type ResultOf,
} from './queue/open-job.ts'
export type { CleanState, Counts, QueueControl } from './queue/producer/control.ts'
export type {
  AddedOptions,
  AnyEnqueueMiddleware,
  EnqueuedJob,
  EnqueueMiddleware,
} from './queue/producer/enqueue-middleware.ts'
export type { MapOptions, MapOutcome } from './queue/producer/map-jobs.ts'
export { type BulkItem, createProducer, type Producer } from './queue/producer/producer.ts'
export type { ProducerOptions } from './queue/producer/producer-options.ts'
export {
  createQuarantine,
  type OpenQuarantine,
  type QuarantineOptions,
} from './queue/quarantine/create-quarantine.ts'
export type { Quarantine, Replayed, ReplayOptions, Which } from './queue/quarantine/quarantine.ts'
export type { KeptJob, QuarantinedJob, QuarantineFilter, QuarantineGroup } from './queue/quarantine/quarantined-job.ts'
export type { Reconciled } from './queue/schedule/reconcile.ts'
export type {
  ReadableSchedule,
  Schedule,
  ScheduleInput,
  Schedules,
  UnreadableSchedule,
} from './queue/schedule/schedules.ts'
export type { Backoff } from './queue/worker/backoff.ts'
export { type DefinedHandler, defineHandler } from './queue/worker/define-handler.ts'
export type { DrainOptions } from './queue/worker/drain.ts'
export type { Handler, HandlerContext, Handlers } from './queue/worker/handler.ts'
export { type LogFields, type Logger, type Logging, logging } from './queue/worker/logging.ts'
export type { HandledJob, Middleware } from './queue/worker/middleware.ts'
export { PutBack } from './queue/worker/put-back.ts'
export type { FailedAttempt, Retry } from './queue/worker/retry.ts'
export { createWorker, type QueueWorker } from './queue/worker/worker.ts'
export type {
  AttemptEnd,
  Measured,
  Teller,
  WorkerConnected,
  WorkerEvent,
  WorkerTrouble,
} from './queue/worker/worker-event.ts'
export type { WorkerHealth } from './queue/worker/worker-health.ts'
export type { WorkerOptions } from './queue/worker/worker-options.ts'
export { createFiles, type Files } from './store/create-files.ts'
export { createStore, type StoreOptions } from './store/create-store.ts'
export type { Lifetime, SetOptions, Store } from './store/store.ts'
