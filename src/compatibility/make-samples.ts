import type { z } from 'zod'
import { findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { openProgress, openResult } from '../job/inspect-job.ts'
import { openPayload } from '../job/open-payload.ts'
import type { Model } from '../model/model.ts'
import type { JobPart } from './lock.ts'
import type { Project } from './project.ts'
import { type SampleChoice, sampleInstance, sampleValue } from './sample-value.ts'
import { variantCount } from './variant-count.ts'

const mostTurns = 8

/**
 * Texts of a model's instances: those that it gives itself, or else what can be made up. Throws OPTIONS_INVALID for one of its own
 * that cannot be encoded and read again.
 */
export function modelSamples({ codec, models }: Project, model: Model): string[] {
  const write = (value: unknown) => {
    const text = codec.encodeGenerally(value, { kind: 'value' })
    codec.decode(text, { kind: 'value' })
    return text
  }
  if (model.samples) {
    const own = model.samples()
    return unique(own.map((value, index) => given(`of the model '${model.tag}'`, index, () => write(value))))
  }
  const choices = choicesFor(model.fields)
  return unique(choices.flatMap((choice) => attempt(() => write(sampleInstance(model, models, choice)))))
}

/** Texts of what a job stores, as `modelSamples`. */
export async function jobSamples(
  project: Project,
  contract: QueueContract,
  name: string,
  part: JobPart,
): Promise<string[]> {
  const job = findJob(contract, name)
  const definition = contract.jobs[name]
  const schema: z.ZodType | undefined = definition?.[part]
  if (!job || !definition || !schema) return []
  const codec = project.codecOf(contract)
  const write = async (value: unknown): Promise<string> => {
    const failure = { code: 'VALUE_INVALID', job: name } as const
    const validator = job[part]
    await validator?.checkInput(value, failure)
    const { value: stored } = (await validator?.parseInput?.(value, failure, () => value)) ?? { value }
    const text = codec.encodeGenerally(stored, { kind: part, job: name, version: job.version })
    await readSample(project, contract, name, part, text)
    return text
  }
  const texts: string[] = []
  if (part === 'payload' && definition.samples) {
    for (const [index, value] of definition.samples().entries()) {
      const refuse = (cause: unknown) => Promise.reject(refused(`of the job '${name}'`, index, cause))
      texts.push(await write(value).catch(refuse))
    }
    return unique(texts)
  }
  for (const choice of choicesFor(schema)) {
    const made = attempt(() => ({ value: sampleValue(schema, project.models, choice) }))
    for (const { value } of made) {
      const written = await write(value).then(
        (text) => [text],
        () => [],
      )
      texts.push(...written)
    }
  }
  return unique(texts)
}

/** Reads a sample of a job as it would be read now. Rejects with what it is refused with. */
export async function readSample(
  project: Project,
  contract: QueueContract,
  name: string,
  part: JobPart,
  text: string,
): Promise<void> {
  const job = findJob(contract, name)
  if (!job) throw new BrineError('JOB_UNKNOWN', 'no job has this name', { job: name })
  const codec = project.codecOf(contract)
  if (part === 'payload') await openPayload(text, job, codec, undefined)
  else await (part === 'result' ? openResult : openProgress)(codec, job, text, undefined)
}

function choicesFor(schema: z.ZodType): SampleChoice[] {
  const turns = Math.min(mostTurns, variantCount(schema))
  return [...Array.from({ length: turns }, (_, turn) => ({ full: true, turn })), { full: false, turn: 0 }]
}

function attempt<T>(make: () => T): T[] {
  try {
    return [make()]
  } catch {
    // Refined by its author beyond what can be made up: the check says so, and that samples may be given.
    return []
  }
}

function given<T>(of: string, index: number, write: () => T): T {
  try {
    return write()
  } catch (cause) {
    throw refused(of, index, cause)
  }
}

function refused(of: string, index: number, cause: unknown): BrineError {
  const why = cause instanceof BrineError ? ` (${cause.code} ${cause.path ?? ''})` : ''
  return new BrineError('OPTIONS_INVALID', `a sample ${of} cannot be encoded and read again${why}: see the cause`, {
    path: `samples[${index}]`,
    cause,
  })
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
