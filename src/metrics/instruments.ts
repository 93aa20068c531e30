import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** From a tenth of a millisecond, which small jobs take, to minutes. */
const seconds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900]
/** Of waiting: in backlogs it is hours. */
const waitSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 21_600]
/** To 1 MiB, which is the default limit. */
const bytes = [128, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304]
const ofJob = ['queue', 'job'] as const

/** What is counted and measured. Names and labels are for ever: dashboards and alerts ask for them. */
export function createInstruments(registry: Registry) {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `brinemq_${name}_total`, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name: `brinemq_${name}`, help, labelNames, buckets, registers })
  return {
    enqueued: counter('jobs_enqueued', 'Jobs that were enqueued here.', ofJob),
    completed: counter('jobs_completed', 'Jobs that completed here.', ofJob),
    failed: counter('jobs_failed', 'Jobs that failed here, after their last attempt.', [...ofJob, 'code']),
    retried: counter('jobs_retried', 'Attempts that failed here and are followed by another.', [...ofJob, 'code']),
    quarantined: counter('jobs_quarantined', 'Jobs that could not be read here and are kept.', [...ofJob, 'code']),
    postponed: counter('jobs_postponed', 'Attempts that do not count: their jobs come again.', [...ofJob, 'why']),
    lost: counter('jobs_lost', 'Attempts of which nothing was stored, since their locks were lost.', ofJob),
    troubles: counter('worker_errors', 'What went wrong beside the jobs: see onError.', ['queue', 'code']),
    wait: histogram('job_wait_seconds', 'From when a job could be taken until it was.', ofJob, waitSeconds),
    run: histogram('job_run_seconds', 'Handler and middlewares, for each attempt.', ofJob, seconds),
    encode: histogram('encode_seconds', 'Checking and encoding payloads and results.', [...ofJob, 'kind'], seconds),
    decode: histogram('decode_seconds', 'Decoding and checking payloads.', ofJob, seconds),
    bytes: histogram(
      'payload_bytes',
      'Payloads as they are stored, where they are sent and taken.',
      [...ofJob, 'at'],
      bytes,
    ),
  }
}

export type Instruments = ReturnType<typeof createInstruments>

/** What is asked of Redis when somebody looks. */
export function createGauges(registry: Registry, collect: () => Promise<void>) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `brinemq_${name}`, help, labelNames, registers: [registry], collect })
  return {
    jobs: gauge('jobs', 'Jobs in each state.', ['queue', 'state']),
    oldest: gauge('oldest_waiting_seconds', 'How long the job that waits longest has waited; 0 when none does.', [
      'queue',
    ]),
    paused: gauge('queue_paused', 'Whether the queue is paused.', ['queue']),
    clock: gauge(
      'clock_off_seconds',
      'How far the clock of a worker is from that of Redis: the most among the workers.',
      ['queue'],
    ),
    up: gauge('queue_up', 'Whether Redis answered for the queue.', ['queue']),
  }
}

export type Gauges = ReturnType<typeof createGauges>
