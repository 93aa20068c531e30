import { isDeepStrictEqual } from 'node:util'
import type { Model } from '../model/model.ts'
import type { TagOf } from './alternatives.ts'
import { describeModel } from './describe-project.ts'
import type { Lock } from './lock.ts'
import type { Project } from './project.ts'

/** The model that a tag of the lock, which nothing in the code has, may have become: one that is new, and has its shape. */
export function renamedModel(lock: Lock, project: Project, tag: string): Model | undefined {
  const last = Object.values(lock.models[tag] ?? {}).at(-1)?.fields
  return (
    last && project.models.find((one) => !lock.models[one.tag] && isDeepStrictEqual(describeModel(project, one), last))
  )
}

/** The tags of today; one that was renamed without an alias is found by itself, and not again wherever it stands. */
export function tagOf(lock: Lock, project: Project): TagOf {
  return (tag) => project.modelOf(tag)?.tag ?? renamedModel(lock, project, tag)?.tag
}
