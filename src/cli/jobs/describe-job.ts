import type { QueueContract } from '../../contract/contract.ts'
import { describeUnreadable, givenValue } from '../../monitor/describe-reading.ts'
import type { JobFailure, MonitoredJob, Reading } from '../../monitor/monitored-job.ts'
import { type PresentOptions, presentJson } from './present.ts'

/** A job as `--json` tells it. */
export function describeJob(job: MonitoredJob, contract: QueueContract, reveal: boolean): Record<string, unknown> {
  const { name, payload, result, progress, error, formerError, ...facts } = job
  const options = { contract, job: name, reveal }
  return {
    ...facts,
    name: name ?? null,
    payload: describeReading(payload, { ...options, part: 'payload' }),
    ...(result && { result: describeReading(result, { ...options, part: 'result' }) }),
    ...(progress && { progress: describeReading(progress, { ...options, part: 'progress' }) }),
    ...(error && { error: describeFailure(error, options) }),
    ...(formerError && { formerError: describeFailure(formerError, options) }),
  }
}

function describeFailure(failure: JobFailure, options: Omit<PresentOptions, 'part'>): Record<string, unknown> {
  return { ...failure, value: presentJson(failure.value, { ...options, part: 'error' }) }
}

function describeReading(reading: Reading<unknown>, options: PresentOptions): Record<string, unknown> {
  const show = (value: unknown) => presentJson(value, options)
  return reading.unreadable
    ? describeUnreadable(reading, show)
    : { value: show(givenValue(reading)), bytes: reading.bytes }
}
