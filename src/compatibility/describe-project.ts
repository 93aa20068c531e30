import type { QueueContract } from '../contract/contract.ts'
import type { Model } from '../model/model.ts'
import { describeSchema } from './describe-schema.ts'
import { type JobEntry, type JobPart, jobParts } from './lock.ts'
import type { Project } from './project.ts'
import type { Shape } from './shape.ts'

/** The shape of what a model stores. */
export function describeModel({ models }: Project, { fields }: Model): Shape {
  return describeSchema(fields, { models, strict: true })
}

/** The shapes of what a job stores. */
export function describeJob(
  { models }: Project,
  { jobs, entries }: QueueContract,
  name: string,
): Omit<JobEntry, 'samples'> {
  const shapes: Partial<Record<JobPart, Shape>> = {}
  for (const part of jobParts) {
    const validator = part === 'payload' ? entries.get(name)?.payload : undefined
    // Of a payload that is parsed before it is stored, what comes of that.
    const schema = validator?.parseInput ? validator.stored : jobs[name]?.[part]
    if (schema) shapes[part] = describeSchema(schema, { models })
  }
  const { payload = { type: 'unknown' }, ...outcomes } = shapes
  return { payload, ...outcomes }
}
