import { BrineError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import type { TagOf } from './alternatives.ts'
import { fromSample } from './attribute-failure.ts'
import { isRefusal } from './change.ts'
import { compareShapes } from './compare-shapes.ts'
import { describeModel } from './describe-project.ts'
import { type Checked, type Finding, worstOf } from './finding.ts'
import { fromChange, fromFailure, noted, noUpcaster, versionLowered } from './findings.ts'
import type { Lock, ModelEntry } from './lock.ts'
import { noteOlderWorkers } from './older-workers.ts'
import type { Project } from './project.ts'
import { tagOf } from './renamed-model.ts'

/**
 * Whether a model reads what it, and those that had its tags before, ever stored. `broken` are the tags of models that fail by themselves.
 */
export function checkModel(lock: Lock, project: Project, model: Model, broken: ReadonlySet<string>): Checked {
  const entries = [model.tag, ...model.aliases].flatMap((tag) =>
    Object.entries(lock.models[tag] ?? {}).map(([version, entry]) => ({ tag, version: Number(version), entry })),
  )
  const findings = entries.flatMap(({ tag, version, entry }) => {
    const unread = notReadAtAll(model, tag, version)
    if (unread) return [unread]
    const changes = version === model.version ? compareFields(project, model, entry, tagOf(lock, project)) : []
    return [...changes, ...readSamples(project, model, version, entry, broken)]
  })
  if (entries.length === 0) findings.push(noted('new', 'is not in the lock yet', undefined))
  return { kind: 'model', name: model.tag, version: model.version, verdict: worstOf(findings), findings }
}

function notReadAtAll(model: Model, tag: string, version: number): Finding | undefined {
  const what = `the model '${model.tag}'`
  if (version > model.version) return versionLowered(what, version, model.version)
  if (version === model.version || model.upcast.has(version)) return undefined
  return noUpcaster(what, version, model, `${tag}@${version}`)
}

function compareFields(project: Project, model: Model, entry: ModelEntry, currentTag: TagOf): Finding[] {
  const { version } = model
  const [was, is] = [entry.fields, describeModel(project, model)]
  const changes = compareShapes(was, is, currentTag)
  const findings = changes.map((change) => fromChange(change, { version, part: 'fields', versioned: version }))
  if (changes.some(isRefusal)) return findings
  return [...findings, ...noteOlderWorkers(was, is, currentTag, { version, part: 'fields' })]
}

function readSamples(
  project: Project,
  model: Model,
  version: number,
  { samples }: ModelEntry,
  broken: ReadonlySet<string>,
): Finding[] {
  if (samples.length === 0) {
    return [noted('no-samples', 'has no sample, because none could be generated; add `samples`', version)]
  }
  return samples.flatMap((text, index) => {
    const found = { version, part: 'fields', versioned: model.version, index, own: model.tag } as const
    try {
      const { value } = project.codec.decode(text, { kind: 'value' })
      if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === model.class.prototype)
        return []
      return [fromFailure(new BrineError('VALUE_INVALID', 'it gives another class'), found)]
    } catch (error) {
      return [fromSample(project, text, error, broken, found)]
    }
  })
}
