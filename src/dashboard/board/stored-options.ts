import type { StoredQueue } from '../../bullmq/stored-queue.ts'
import type { Connection } from '../../connection/connection.ts'
import { numberIn, readFields, textIn } from '../../monitor/read-fields.ts'

/** What a job's hash holds that the monitor does not tell. */
export interface StoredOptions {
  /** BullMQ's options as they were given, but for those that one job alone can have. */
  readonly shown: Readonly<Record<string, unknown>>
  readonly parent: { id: string; queue: string } | undefined
  readonly delay: number
  /** How often a worker took it. */
  readonly starts: number
  readonly stacktrace: readonly string[]
}

// Under what names BullMQ stores those that it shortens.
const longNames: Readonly<Record<string, string>> = {
  de: 'deduplication',
  fpof: 'failParentOnFailure',
  cpof: 'continueParentOnFailure',
  idof: 'ignoreDependencyOnFailure',
  rdof: 'removeDependencyOnFailure',
  kl: 'keepLogs',
}

// What else is stored is BullMQ's own business, or, as ids and parents, that of this one job.
const shownNames: ReadonlySet<string> = new Set([
  ...['attempts', 'backoff', 'delay', 'priority', 'lifo', 'removeOnComplete', 'removeOnFail', 'stackTraceLimit'],
  ...['sizeLimit', ...Object.values(longNames)],
])

const mostBytes = 200_000
const mostTraces = 20

type OptionFields = Readonly<Record<'opts' | 'delay' | 'ats' | 'stacktrace', string | number | undefined>>

/** The options of some jobs, in one round trip. When they are longer than `maxTotal` bytes together, the last ones lack their stack traces. */
export async function readStoredOptions(
  connection: Connection,
  queue: StoredQueue,
  ids: readonly string[],
  maxTotal?: number,
): Promise<StoredOptions[]> {
  const keys = ids.map((id) => queue.toKey(id))
  const read = await readFields(connection, keys, ['opts', 'delay', 'ats', 'stacktrace'], mostBytes, maxTotal)
  return ids.map((_, at) => storedOptionsOf(read[at]))
}

export function storedOptionsOf(fields: OptionFields | undefined): StoredOptions {
  const opts = recordIn(fields?.opts)
  const named = Object.entries(opts).map(([name, value]) => [longNames[name] ?? name, value] as const)
  return {
    shown: Object.fromEntries(named.filter(([name]) => shownNames.has(name))),
    parent: parentIn(opts['parent']),
    delay: numberIn(fields?.delay) ?? 0,
    starts: numberIn(fields?.ats) ?? 0,
    stacktrace: tracesIn(fields?.stacktrace),
  }
}

function parentIn(given: unknown): { id: string; queue: string } | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const [id, queue]: unknown[] = [Reflect.get(given, 'id'), Reflect.get(given, 'queue')]
  return typeof id === 'string' && typeof queue === 'string' ? { id, queue } : undefined
}

function tracesIn(field: string | number | undefined): string[] {
  const traces = parsed(field)
  return Array.isArray(traces) ? traces.filter((trace) => typeof trace === 'string').slice(-mostTraces) : []
}

function recordIn(field: string | number | undefined): Record<string, unknown> {
  const value = parsed(field)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function parsed(field: string | number | undefined): unknown {
  try {
    return JSON.parse(textIn(field) ?? 'null')
  } catch {
    return undefined
  }
}
