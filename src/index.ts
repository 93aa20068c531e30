export { type Codec, type CodecOptions, createCodec } from './codec/codec.ts'
export { type BrineConfig, defineConfig } from './config/define-config.ts'
export type { ConnectionInput, ConnectionOptions } from './connection/connection.ts'
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
export type {
  AddedOptions,
  AnyEnqueueMiddleware,
  EnqueuedJob,
  EnqueueMiddleware,
} from './enqueue/enqueue-middleware.ts'
export { BrineError, type BrineErrorCode, type BulkEnd, type BulkPlace } from './errors.ts'
export type { EventsOptions, JobEvent } from './events/job-events.ts'
export {
  type AnyNode,
  type FlowNode,
  type FlowOptions,
  type FlowTree,
  node,
  type TreesOf,
} from './flow/flow-node.ts'
export type { ChildCounts, ChildFailure, ChildResult, HandlerChildren } from './flow/handler-children.ts'
export {
  type BoundTo,
  type Envelope,
  encodeData,
  type OpenedJob,
  openJob,
  openReturnValue,
  type ResultOf,
} from './interop/open-job.ts'
export type { Cancelled, CancelledChild, CancelOptions, UnstoppedChild } from './job/cancelled.ts'
export type { JobInfo, JobLogs, JobState } from './job/inspect-job.ts'
export { JobDeferred } from './job/job-deferred.ts'
export type { JobHandle, ResultOptions } from './job/job-handle.ts'
export type { RetryOptions } from './job/move-job.ts'
export { defaultLimits, type Limits } from './limits/limits.ts'
export { defineModel, type ModelOptions } from './model/define-model.ts'
export type { Class, Model } from './model/model.ts'
export type { CleanState, Counts, QueueControl } from './producer/control.ts'
export { createFlowProducer, type FlowProducer, type FlowProducerOptions } from './producer/flow-producer.ts'
export type { MapOptions, MapOutcome } from './producer/map-jobs.ts'
export { type BulkItem, createProducer, type Producer } from './producer/producer.ts'
export type { ProducerOptions } from './producer/producer-options.ts'
export {
  createQuarantine,
  type OpenQuarantine,
  type QuarantineOptions,
} from './quarantine/create-quarantine.ts'
export type { Quarantine, Replayed, ReplayOptions, Which } from './quarantine/quarantine.ts'
export type { KeptJob, QuarantinedJob, QuarantineFilter, QuarantineGroup } from './quarantine/quarantined-job.ts'
export { type HandlerModule, type IsolatedHandler, type IsolatedOptions, isolated } from './sandbox/isolated.ts'
export type { Reconciled } from './schedule/reconcile.ts'
export type {
  ReadableSchedule,
  Schedule,
  ScheduleInput,
  Schedules,
  UnreadableSchedule,
} from './schedule/schedules.ts'
export type { Compression } from './seal/compress.ts'
export type { Keys, KeysDefinition } from './seal/define-keys.ts'
export type { Accepted, SealMode } from './seal/keyring.ts'
export { type NewKeyOptions, newKey } from './seal/new-key.ts'
export { createFiles, type Files } from './store/create-files.ts'
export { createStore, type StoreOptions } from './store/create-store.ts'
export type { Lifetime, SetOptions, Store } from './store/store.ts'
export type { Backoff } from './worker/backoff.ts'
export { type DefinedHandler, defineHandler } from './worker/define-handler.ts'
export type { DrainOptions } from './worker/drain.ts'
export type { Handler, HandlerContext, Handlers } from './worker/handler.ts'
export { type LogFields, type Logger, type Logging, logging } from './worker/logging.ts'
export type { HandledJob, Middleware } from './worker/middleware.ts'
export type { FailedAttempt, Retry } from './worker/retry.ts'
export { createWorker, type QueueWorker } from './worker/worker.ts'
export type {
  AttemptEnd,
  Measured,
  Teller,
  WorkerConnected,
  WorkerEvent,
  WorkerTrouble,
} from './worker/worker-event.ts'
export type { WorkerHealth } from './worker/worker-health.ts'
export type { WorkerOptions } from './worker/worker-options.ts'
