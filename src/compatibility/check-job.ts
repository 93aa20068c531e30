import { findJob, type QueueContract } from '../contract/contract.ts'
import type { TagOf } from './alternatives.ts'
import { fromSample } from './attribute-failure.ts'
import { isRefusal } from './change.ts'
import { compareShapes } from './compare-shapes.ts'
import { describeJob } from './describe-project.ts'
import { type Checked, type Finding, worstOf } from './finding.ts'
import { fromChange, noted, noUpcaster, versionLowered } from './findings.ts'
import { type JobEntry, type JobPart, jobParts, type Lock } from './lock.ts'
import { readSample } from './make-samples.ts'
import { noteOlderWorkers } from './older-workers.ts'
import type { Project } from './project.ts'
import { tagOf } from './renamed-model.ts'
import type { Shape } from './shape.ts'

/**
 * Whether a job reads the payloads that were ever enqueued of it, and producers its results and progress. `broken` are the tags
 * of models that fail by themselves: what a job's samples hold of them is told once, where it belongs.
 */
export async function checkJob(
  lock: Lock,
  project: Project,
  contract: QueueContract,
  name: string,
  broken: ReadonlySet<string>,
): Promise<Checked> {
  const job = contract.entries.get(name)
  const version = job?.version ?? 1
  const key = `${contract.name}/${name}`
  const findings: Finding[] = []
  const names = [name, ...(job?.aliases ?? [])]
  const entries = names.flatMap((one) =>
    Object.entries(lock.jobs[`${contract.name}/${one}`] ?? {}).map((entry) => ({ one, entry })),
  )
  for (const {
    one,
    entry: [locked, entry],
  } of entries) {
    const check = new JobCheck(project, tagOf(lock, project), contract, one, Number(locked), entry)
    findings.push(...(await check.run(broken)))
  }
  if (entries.length === 0) findings.push(noted('new', 'is not in the lock yet', undefined))
  return { kind: 'job', name: key, version, verdict: worstOf(findings), findings }
}

class JobCheck {
  readonly #project: Project
  readonly #tagOf: TagOf
  readonly #contract: QueueContract
  /** The name under which it was locked. */
  readonly #name: string
  readonly #version: number
  readonly #entry: JobEntry

  constructor(project: Project, tagOf: TagOf, contract: QueueContract, name: string, version: number, entry: JobEntry) {
    this.#project = project
    this.#tagOf = tagOf
    this.#contract = contract
    this.#name = name
    this.#version = version
    this.#entry = entry
  }

  async run(broken: ReadonlySet<string>): Promise<Finding[]> {
    const job = findJob(this.#contract, this.#name)
    if (!job) return []
    const version = this.#version
    const what = `the job '${job.current}'`
    const unread: Finding[] = []
    if (version > job.version) unread.push(versionLowered(what, version, job.version))
    else if (version < job.version && !job.upcast.has(version)) {
      unread.push(noUpcaster(what, version, job, `${this.#contract.name}/${this.#name}@${version}`))
    }
    const shapes = describeJob(this.#project, this.#contract, job.current)
    const findings: Finding[] = [...unread]
    for (const part of jobParts) {
      const [before, now] = [this.#entry[part], shapes[part]]
      // An older payload is held to today's schema by its upcasters, which its samples go through.
      const compares = part !== 'payload' || version === job.version
      if (compares) findings.push(...this.#compare(part, before, now, job.version))
      if (part !== 'payload' || unread.length === 0)
        findings.push(...(await this.#readSamples(part, job.version, broken)))
    }
    return findings
  }

  #compare(part: JobPart, before: Shape | undefined, now: Shape | undefined, versioned: number): Finding[] {
    // Without a schema anything is taken.
    const anything: Shape = { type: 'unknown' }
    const [was, is] = [before ?? anything, now ?? anything]
    const tagOf = this.#tagOf
    const version = this.#version
    const changes = compareShapes(was, is, tagOf)
    const findings = changes.map((change) => fromChange(change, { version, part, versioned }))
    if (changes.some(isRefusal)) return findings
    if (part === 'payload') return [...findings, ...noteOlderWorkers(was, is, tagOf, { version, part })]
    const older = compareShapes(is, was, (tag) => tag).find(isRefusal)
    if (older) {
      const text = `producers of the old build refuse the new ${part} (${older.path} ${older.text}): deploy producers first`
      findings.push({ ...noted('older-readers', text, version, part), path: older.path })
    }
    return findings
  }

  async #readSamples(part: JobPart, versioned: number, broken: ReadonlySet<string>): Promise<Finding[]> {
    const version = this.#version
    const samples = this.#entry.samples[part] ?? []
    if (samples.length === 0) {
      if (part !== 'payload') return []
      return [noted('no-samples', 'has no sample, because none could be generated; add `samples`', version, part)]
    }
    const findings: Finding[] = []
    for (const [index, text] of samples.entries()) {
      try {
        await readSample(this.#project, this.#contract, this.#name, part, text)
      } catch (error) {
        findings.push(fromSample(this.#project, text, error, broken, { version, part, versioned, index }))
      }
    }
    return findings
  }
}
