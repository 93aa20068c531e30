import type { QueueContract } from '../contract/contract.ts'
import { findJob } from '../contract/contract.ts'
import type { ShowOptions } from './show.ts'

/** A part of a job that holds a value. */
export type JobPart = 'payload' | 'result' | 'progress' | 'error'

/**
 * What a contract knows of one part of a job, for `showText` and its kin: the schema, and all models. An error has no schema; nor has
 * a job that the contract does not know.
 */
export function aboutPart(
  contract: QueueContract,
  job: string | undefined,
  part: JobPart,
): Pick<ShowOptions, 'schema' | 'models'> {
  const { models } = contract
  const known = job === undefined ? undefined : findJob(contract, job)
  if (known === undefined || part === 'error') return { models }
  return { models, schema: contract.jobs[known.current]?.[part] }
}
