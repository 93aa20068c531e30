import type { Connection } from '../connection/connection.ts'
import { type AnnouncedWorker, type Announcer, createAnnouncements } from '../rollout/announcements.ts'
import { type Known, lacks } from '../rollout/capabilities.ts'

/** A contract that workers of a queue run now, as they announced it within the last half minute. */
export interface RunningContract {
  /** The same for the same names, versions, fields, encodings and keys. */
  readonly id: string
  readonly knows: Known
  readonly workers: readonly Announcer[]
  /** What workers of other contracts know and these do not, such as `job greet@2`: they lag behind. */
  readonly lacks: readonly string[]
}

/** The contracts of a queue's workers, those that lag behind in the most first. */
export async function readContracts(
  connection: Connection,
  queue: string,
  prefix: string | undefined,
): Promise<RunningContract[]> {
  const byId = new Map<string, AnnouncedWorker[]>()
  for (const worker of await createAnnouncements(queue, prefix, connection).readAll()) {
    const same = byId.get(worker.contractId)
    if (same) same.push(worker)
    else byId.set(worker.contractId, [worker])
  }
  const all = [...byId].flatMap(([id, [first, ...rest]]) => (first ? [{ id, first, rest }] : []))
  return all
    .map(({ id, first, rest }) => ({
      id,
      knows: first.known,
      workers: [first, ...rest].map(({ contractId, known, ...announcer }) => announcer),
      lacks: [...new Set(all.flatMap(({ first: other }) => lacks(first.known, other.known)))],
    }))
    .sort((one, other) => other.lacks.length - one.lacks.length || one.id.localeCompare(other.id))
}
