import { isDeepStrictEqual } from 'node:util'
import { goneJob, goneModel } from './check-gone.ts'
import { checkJob } from './check-job.ts'
import { checkModel } from './check-model.ts'
import { describeJob, describeModel } from './describe-project.ts'
import type { Checked, CheckReport } from './finding.ts'
import type { Lock } from './lock.ts'
import type { Project } from './project.ts'

/**
 * Holds the code as it is now against what was released: whether each text that any release wrote is still read, and read
 * whole. Every sample is decoded, every shape compared.
 */
export async function checkLock(lock: Lock, project: Project): Promise<CheckReport> {
  const gone = Object.keys(lock.models).flatMap((tag) => (project.modelOf(tag) ? [] : [goneModel(lock, project, tag)]))
  const check = (broken: ReadonlySet<string>) => project.models.map((model) => checkModel(lock, project, model, broken))
  // First by what each holds of itself alone, then with what it holds of others that are read.
  const all = new Set([...project.models.map(({ tag }) => tag), ...Object.keys(lock.models)])
  const models = check(notRead([...check(all), ...gone]))
  const broken = notRead([...models, ...gone])
  const jobs: Checked[] = []
  for (const contract of project.queues) {
    for (const name of contract.entries.keys()) jobs.push(await checkJob(lock, project, contract, name, broken))
  }
  for (const key of Object.keys(lock.jobs)) {
    const job = goneJob(lock, project, key)
    if (job) jobs.push(job)
  }
  const checked = [...sorted([...models, ...gone]), ...sorted(jobs)]
  return {
    safe: checked.every(({ verdict }) => verdict === 'safe'),
    upToDate: isUpToDate(lock, project),
    checked,
  }
}

/** The tags of models whose texts are not read: what jobs hold of them is not, either. */
function notRead(models: readonly Checked[]): ReadonlySet<string> {
  return new Set(models.filter(({ verdict }) => verdict !== 'safe').map(({ name }) => name))
}

function isUpToDate(lock: Lock, project: Project): boolean {
  return (
    project.models.every((model) => {
      const locked = lock.models[model.tag]?.[model.version]
      return locked !== undefined && isDeepStrictEqual(locked.fields, describeModel(project, model))
    }) &&
    project.queues.every((contract) =>
      [...contract.entries.values()].every(({ name, version }) => {
        const { samples: _, ...locked } = lock.jobs[`${contract.name}/${name}`]?.[version] ?? { samples: undefined }
        return isDeepStrictEqual(locked, describeJob(project, contract, name))
      }),
    )
  )
}

function sorted(checked: readonly Checked[]): Checked[] {
  return [...checked].sort(({ name: one }, { name: other }) => (one < other ? -1 : 1))
}
