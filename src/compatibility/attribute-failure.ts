import { BrineError } from '../errors.ts'
import type { Finding } from './finding.ts'
import type { FoundIn } from './findings.ts'
import { fromFailure, noted } from './findings.ts'
import { modelsIn } from './models-in.ts'
import type { Project } from './project.ts'

/**
 * What is found of a sample that was refused: that it is, or, where it holds an instance of a model of `broken`, which fails by itself,
 * only that: it is told once, where it belongs. `own` is the model whose sample it is.
 */
export function fromSample(
  project: Project,
  text: string,
  error: unknown,
  broken: ReadonlySet<string>,
  found: FoundIn & { index: number; own?: string },
): Finding {
  const { version, part, index, own } = found
  const tags = error instanceof BrineError && ofModels.has(error.code) ? [...modelsIn(text)] : []
  const attributeFailure = tags
    .map((name) => name.slice(0, name.lastIndexOf('@')))
    .map((tag) => project.modelOf(tag)?.tag ?? tag)
    .find((tag) => tag !== own && broken.has(tag))
  if (attributeFailure === undefined) return fromFailure(error, found)
  const holds = `sample ${index + 1} holds an instance of '${attributeFailure}', which is not read: see there`
  return noted('model-changed', holds, version, part)
}

const ofModels: ReadonlySet<string> = new Set([
  ...['FIELDS_INVALID', 'EXTRA_PROPERTY', 'UPCAST_FAILED', 'TAG_UNKNOWN', 'VERSION_OLDER', 'VERSION_NEWER'],
  ...['MODEL_THREW', 'CYCLE_THROUGH_DECODE'],
])
