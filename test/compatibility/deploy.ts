import { checkLock } from '../../src/compatibility/check-lock.ts'
import type { Checked, CheckReport } from '../../src/compatibility/finding.ts'
import { emptyLock, type Lock, parseLock, writeLock } from '../../src/compatibility/lock.ts'
import { defineProject, type ProjectSources } from '../../src/compatibility/project.ts'
import { updateLock } from '../../src/compatibility/update-lock.ts'
import { defineQueue } from '../../src/contract/define-queue.ts'
import type { JobDefinition } from '../../src/contract/job-definition.ts'
import type { Model } from '../../src/model/model.ts'

export function queue(jobs: Record<string, JobDefinition>, models: readonly Model[] = []) {
  return defineQueue('q', { models, jobs })
}

/** The lock as the releases leave it that were made one after the other. */
export async function release(...releases: ProjectSources[]): Promise<Lock> {
  let lock = emptyLock
  for (const sources of releases) lock = parseLock(writeLock(await updateLock(lock, defineProject(sources))))
  return lock
}

/** What the check says of the last code, when the code before it was released. */
export async function deploy(...releases: ProjectSources[]): Promise<CheckReport> {
  return checkLock(await release(...releases.slice(0, -1)), defineProject(releases.at(-1) ?? { queues: [] }))
}

/** What was found of a model or job, but for what is only noted: `code path`. */
export function told({ findings }: Checked): string[] {
  return findings
    .filter(({ verdict, code }) => verdict !== 'note' && code !== 'sample-fails')
    .map(({ code, part, path }) => [code, part, path].filter((word) => word !== undefined).join(' '))
}
