import { BrineError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import { isRefusal } from './change.ts'
import { compareShapes } from './compare-shapes.ts'
import { describeModel } from './describe-project.ts'
import { type Checked, type Finding, worstOf } from './finding.ts'
import { fromChange, fromFailure, noted, noUpcaster, versionLowered } from './findings.ts'
import type { Lock, ModelEntry } from './lock.ts'
import { noteOlderWorkers } from './older-workers.ts'
import type { Project } from './project.ts'

/** Whether a model reads what it, and those that had its tags before, ever stored. */
export function checkModel(lock: Lock, project: Project, model: Model): Checked {
  const entries = [model.tag, ...model.aliases].flatMap((tag) =>
    Object.entries(lock.models[tag] ?? {}).map(([version, entry]) => ({ tag, version: Number(version), entry })),
  )
  const findings = entries.flatMap(({ tag, version, entry }) => checkVersion(project, model, tag, version, entry))
  if (entries.length === 0) findings.push(noted('new', 'is not in the lock yet', undefined))
  return { kind: 'model', name: model.tag, version: model.version, verdict: worstOf(findings), findings }
}

function checkVersion(project: Project, model: Model, tag: string, version: number, entry: ModelEntry): Finding[] {
  const what = `the model '${model.tag}'`
  if (version > model.version) return [versionLowered(what, version, model.version)]
  if (version < model.version && !model.upcast.has(version)) {
    return [noUpcaster(what, version, model, `${tag}@${version}`)]
  }
  const findings: Finding[] = []
  if (version === model.version) {
    const [was, is] = [entry.fields, describeModel(project, model)]
    const tagOf = (old: string) => project.modelOf(old)?.tag
    const changes = compareShapes(was, is, tagOf)
    findings.push(...changes.map((change) => fromChange(change, { version, part: 'fields', versioned: model.version })))
    if (!changes.some(isRefusal)) findings.push(...noteOlderWorkers(was, is, tagOf, { version, part: 'fields' }))
  }
  findings.push(...readSamples(project, model, version, entry))
  return findings
}

function readSamples({ codec }: Project, model: Model, version: number, { samples }: ModelEntry): Finding[] {
  if (samples.length === 0) {
    return [noted('no-samples', 'has no sample, since none could be made up: give it `samples`', version)]
  }
  return samples.flatMap((text, index) => {
    try {
      const { value } = codec.decode(text, { kind: 'value' })
      if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === model.class.prototype)
        return []
      return [
        fromFailure(new BrineError('VALUE_INVALID', 'it gives another class'), {
          version,
          part: 'fields',
          index,
          versioned: model.version,
        }),
      ]
    } catch (error) {
      return [fromFailure(error, { version, part: 'fields', index, versioned: model.version })]
    }
  })
}
