import { encodings } from '../codec/encodings.ts'
import type { QueueContract } from '../contract/contract.ts'

/** What a contract lets its workers read, as they announce it: names, versions and ids, and nothing of payloads. */
export interface Known {
  /** By the names of today. */
  readonly jobs: Readonly<Record<string, KnownJob>>
  /** By the tags of today. */
  readonly models: Readonly<Record<string, KnownModel>>
  readonly encodings: readonly string[]
  /** The ids of the keys. */
  readonly keys: readonly string[]
  /** The ids of the schedules that it declares. */
  readonly schedules: readonly string[]
}

export interface KnownJob {
  readonly version: number
  readonly aliases: readonly string[]
}

export interface KnownModel extends KnownJob {
  /** The names of its fields; undefined when any may stand. */
  readonly fields: readonly string[] | undefined
}

/** What workers of a contract know. */
export function capabilitiesOf({ entries, models, keys, schedules }: QueueContract): Known {
  return {
    jobs: Object.fromEntries([...entries].map(([name, { version, aliases }]) => [name, { version, aliases }])),
    models: Object.fromEntries(
      models.map(({ tag, version, aliases, declared }) => {
        const fields = declared && [...declared()]
        return [tag, { version, aliases, fields }]
      }),
    ),
    encodings,
    keys: keys?.ids ?? [],
    schedules: [...schedules.keys()],
  }
}

/** Reads what was announced. It throws nothing: anybody may have written it. */
export function readKnown(text: string): Known | undefined {
  const given = parse(text)
  if (!given) return undefined
  return {
    jobs: readEach(given['jobs'], readJob),
    models: readEach(given['models'], (one) => ({
      ...readJob(one),
      fields: Array.isArray(one['fields']) ? textsIn(one['fields']) : undefined,
    })),
    encodings: textsIn(given['encodings']),
    keys: textsIn(given['keys']),
    schedules: textsIn(given['schedules']),
  }
}

/**
 * What `other` knows and `own` does not, each in a word: `job greet@2`, `model person@2`, `model person with nick`,
 * `encoding fields/1`, `key k2`. Nothing when `own` lags in nothing.
 */
export function lacks(own: Known, other: Known): string[] {
  return [
    ...newer(own.jobs, other.jobs).map((word) => `job ${word}`),
    ...newer(own.models, other.models).map((word) => `model ${word}`),
    ...fieldsLacked(own, other).map(({ tag, field }) => `model ${tag} with ${field}`),
    ...beyond(own.encodings, other.encodings).map((id) => `encoding ${id}`),
    ...beyond(own.keys, other.keys).map((id) => `key ${id}`),
  ]
}

/** Whether a job of this name is one of theirs, by any of its names. */
export function knowsJob({ jobs }: Known, name: string): boolean {
  return namesOf(jobs).has(name)
}

/** Whether a model has a tag that none of ours has, by any of their tags. */
export function hasTagsBeyond(own: Known, other: Known): boolean {
  return beyond([...namesOf(own.models)], [...namesOf(other.models)]).length > 0
}

/** The fields that models have there, and not here. */
export function fieldsLacked(own: Known, other: Known): { tag: string; field: string }[] {
  return Object.entries(other.models).flatMap(([tag, { fields }]) => {
    const ours = Object.hasOwn(own.models, tag) ? own.models[tag]?.fields : undefined
    return ours && fields ? beyond(ours, fields).map((field) => ({ tag, field })) : []
  })
}

export function beyond(own: readonly string[], others: readonly string[]): string[] {
  const ours = new Set(own)
  return others.filter((one) => !ours.has(one))
}

type Versions = Readonly<Record<string, KnownJob>>

/** Those that are not known here by any of their names, or are of a newer version there. */
function newer(own: Versions, other: Versions): string[] {
  const names = namesOf(own)
  return Object.entries(other).flatMap(([name, { version, aliases }]) => {
    if (!names.has(name)) return [`${name}@${version}`]
    const ours = [name, ...aliases].find((one) => Object.hasOwn(own, one))
    const known = ours === undefined ? version : (own[ours]?.version ?? version)
    return version > known ? [`${name}@${version}`] : []
  })
}

function namesOf(all: Versions): Set<string> {
  return new Set(Object.entries(all).flatMap(([name, { aliases }]) => [name, ...aliases]))
}

function readEach<T>(given: unknown, read: (one: Record<string, unknown>) => T): Record<string, T> {
  if (!isRecord(given)) return {}
  return Object.fromEntries(Object.entries(given).flatMap(([name, one]) => (isRecord(one) ? [[name, read(one)]] : [])))
}

function readJob({ version, aliases }: Record<string, unknown>): KnownJob {
  return { version: typeof version === 'number' ? version : 1, aliases: textsIn(aliases) }
}

function textsIn(given: unknown): string[] {
  return Array.isArray(given) ? given.filter((one) => typeof one === 'string') : []
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const given: unknown = JSON.parse(text)
    return isRecord(given) ? given : undefined
  } catch {
    return undefined
  }
}

function isRecord(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}
