import { BrineError } from '../errors.ts'
import type { Lock } from './lock.ts'
import { modelsIn } from './models-in.ts'

/**
 * The lock without an entry that nothing in Redis holds any more: `person`, `person@1`, `people/greet` or `people/greet@1`.
 * Samples that hold instances of a retired model go with it. Throws OPTIONS_INVALID for what is not in the lock.
 */
export function retireFromLock(lock: Lock, entry: string): Lock {
  const [, name = '', version] = /^(.*?)(?:@(\d+))?$/s.exec(entry) ?? []
  const kind = Object.hasOwn(lock.models, name) ? 'models' : 'jobs'
  const versions = lock[kind][name]
  if (!versions || (version !== undefined && !Object.hasOwn(versions, version))) {
    throw new BrineError('OPTIONS_INVALID', `brine.lock.json has no '${entry}'; name it as person@1, or people/greet@1`)
  }
  const gone = version === undefined ? Object.keys(versions) : [version]
  const isLeft = (text: string) => {
    const held = modelsIn(text)
    return kind === 'jobs' || !gone.some((one) => held.has(`${name}@${one}`))
  }
  const models = mapEntries(lock.models, (one) => ({ ...one, samples: one.samples.filter(isLeft) }))
  const jobs = mapEntries(lock.jobs, (one) => {
    const { payload, result, progress } = one.samples
    const samples = {
      payload: payload.filter(isLeft),
      ...(result && { result: result.filter(isLeft) }),
      ...(progress && { progress: progress.filter(isLeft) }),
    }
    return { ...one, samples }
  })
  if (kind === 'models') return { ...lock, models: without(models, name, gone), jobs }
  return { ...lock, jobs: without(lock.jobs, name, gone) }
}

type Versions<E> = Readonly<Record<string, Readonly<Record<string, E>>>>

function mapEntries<E>(entries: Versions<E>, change: (entry: E) => E): Record<string, Record<string, E>> {
  const changed = Object.entries(entries).map(
    ([name, versions]) =>
      [name, Object.fromEntries(Object.entries(versions).map(([version, entry]) => [version, change(entry)]))] as const,
  )
  return Object.fromEntries(changed)
}

/** The entries but for those versions of a name, which goes with the last of them. */
function without<E>(entries: Versions<E>, name: string, gone: readonly string[]): Record<string, Record<string, E>> {
  const { [name]: versions = {}, ...others } = entries
  const left = Object.fromEntries(Object.entries(versions).filter(([version]) => !gone.includes(version)))
  return Object.keys(left).length === 0 ? others : { ...others, [name]: left }
}
