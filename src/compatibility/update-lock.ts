import { describeJob, describeModel } from './describe-project.ts'
import { type JobEntry, type JobPart, jobParts, type Lock, type ModelEntry } from './lock.ts'
import { jobSamples, modelSamples } from './make-samples.ts'
import type { Project } from './project.ts'

// Samples that are not the same each time would else be added for ever.
const mostKept = 20

/**
 * The lock with the code as it is now. What older versions stored stays, with its samples, and so do the samples of today's
 * version: what was released is not forgotten until it is retired. It judges nothing: check first.
 *
 * Rejects with OPTIONS_INVALID for `samples` of a model or job that cannot be encoded.
 */
export async function updateLock(lock: Lock, project: Project): Promise<Lock> {
  const models = { ...lock.models }
  for (const model of project.models) {
    const { tag, version } = model
    const fields = describeModel(project, model)
    const known: ModelEntry | undefined = lock.models[tag]?.[version]
    const samples = merge(known?.samples, modelSamples(project, model))
    models[tag] = { ...lock.models[tag], [version]: { fields, samples } }
  }
  const jobs = { ...lock.jobs }
  for (const contract of project.queues) {
    for (const { name, version } of contract.entries.values()) {
      const key = `${contract.name}/${name}`
      const known: JobEntry | undefined = lock.jobs[key]?.[version]
      const shapes = describeJob(project, contract, name)
      const samples: Partial<Record<JobPart, string[]>> = {}
      for (const part of jobParts) {
        if (!shapes[part]) continue
        samples[part] = merge(known?.samples[part], await jobSamples(project, contract, name, part))
      }
      const { payload = [], ...others } = samples
      jobs[key] = { ...lock.jobs[key], [version]: { ...shapes, samples: { payload, ...others } } }
    }
  }
  return { ...lock, models, jobs }
}

function merge(known: readonly string[] = [], made: readonly string[]): string[] {
  return [...new Set([...known, ...made])].slice(0, Math.max(known.length, mostKept))
}
