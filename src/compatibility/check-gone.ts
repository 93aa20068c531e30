import { isDeepStrictEqual } from 'node:util'
import { findJob } from '../contract/contract.ts'
import { describeJob } from './describe-project.ts'
import type { Checked, Finding } from './finding.ts'
import type { Lock } from './lock.ts'
import type { Project } from './project.ts'
import { renamedModel } from './renamed-model.ts'

/** A model of the lock whose tag nothing in the code has. */
export function goneModel(lock: Lock, project: Project, tag: string): Checked {
  const versions = lock.models[tag] ?? {}
  const likely = renamedModel(lock, project, tag)
  const finding: Finding =
    likely === undefined
      ? {
          ...gone('gone', lastOf(versions)),
          text: `no model has the tag '${tag}': texts that hold it are not read`,
          remedy: `add the model to models again, or, if it was renamed, aliases: ['${tag}'] to the one that it is now; when nothing of it is left in Redis, brine check --update --retire ${tag}`,
        }
      : {
          ...gone('renamed', lastOf(versions)),
          text: `no model has the tag '${tag}', and '${likely.tag}' is new and has its shape`,
          remedy: `give '${likely.tag}' aliases: ['${tag}']`,
        }
  return { kind: 'model', name: tag, version: undefined, verdict: 'breaking', findings: [finding] }
}

/** A job of the lock whose name nothing in the code has; undefined when something does. */
export function goneJob(lock: Lock, project: Project, key: string): Checked | undefined {
  const slash = key.indexOf('/')
  const [queue, name] = [key.slice(0, slash), key.slice(slash + 1)]
  const contract = project.queues.find((one) => one.name === queue)
  if (contract && findJob(contract, name)) return undefined
  const versions = lock.jobs[key] ?? {}
  const last = Object.values(versions).at(-1)?.payload
  const likely = [...(contract?.entries.keys() ?? [])].find(
    (one) =>
      contract !== undefined &&
      !lock.jobs[`${queue}/${one}`] &&
      isDeepStrictEqual(describeJob(project, contract, one).payload, last),
  )
  const kept = contract
    ? `keep it until none wait, or, if it was renamed, add aliases: ['${name}'] to the job that it is now`
    : 'keep the queue and its workers until none of its jobs wait: a queue has no aliases'
  const finding: Finding =
    likely === undefined
      ? {
          ...gone('gone', lastOf(versions)),
          text: contract ? `the queue '${queue}' has no job '${name}'` : `no queue is called '${queue}'`,
          remedy: `${kept}; when none is left in Redis, brine check --update --retire ${key}`,
        }
      : {
          ...gone('renamed', lastOf(versions)),
          text: `the queue '${queue}' has no job '${name}', and '${likely}' is new and takes the same payload`,
          remedy: `give '${likely}' aliases: ['${name}']`,
        }
  return { kind: 'job', name: key, version: undefined, verdict: 'breaking', findings: [finding] }
}

function lastOf(versions: Readonly<Record<string, unknown>>): number | undefined {
  const last = Object.keys(versions).at(-1)
  return last === undefined ? undefined : Number(last)
}

function gone(code: 'gone' | 'renamed', version: number | undefined) {
  return { code, verdict: 'breaking', version, part: undefined, path: undefined } as const
}
