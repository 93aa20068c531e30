import type { Bench } from './bench.ts'
import { benchCodec } from './codec.ts'
import { benchConcurrency } from './growth/concurrency.ts'
import { benchDepth } from './growth/depth.ts'
import { benchModels } from './growth/models.ts'
import { benchPayload } from './growth/payload.ts'
import { benchProcesses } from './growth/processes.ts'
import { benchJobs } from './jobs.ts'
import { benchMemory } from './memory.ts'
import { benchSeals } from './seals.ts'
import { benchStore } from './store.ts'
import type { Table } from './table.ts'

/** A part of the bench, which can run alone. */
export type Part = (bench: Bench) => Table[] | Promise<Table[]>

const growth: Record<string, Part> = {
  payload: benchPayload,
  depth: benchDepth,
  models: benchModels,
  concurrency: benchConcurrency,
  processes: benchProcesses,
}

export const parts: Readonly<Record<string, Part>> = {
  codec: benchCodec,
  jobs: benchJobs,
  seals: benchSeals,
  store: benchStore,
  ...growth,
  memory: benchMemory,
}

/** The parts of that name: one, or the five of `growth`. Undefined for a name that there is not. */
export function partsOf(name: string): readonly Part[] | undefined {
  if (name === 'growth') return Object.values(growth)
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined
  return part && [part]
}
