import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { EnvelopeCodec } from '../../codec/envelope.ts'
import type { QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { join, root } from '../../path.ts'
import type { StoredQueue } from '../bullmq/stored-queue.ts'
import type { Connection } from '../connection/connection.ts'
import {
  hasEnded,
  type PreparedSchedule,
  prepareSchedule,
  readSchedules,
  type StoredSchedule,
  writeSchedule,
} from './stored-schedules.ts'

/** What `reconcile` did, by the schedules' ids. */
export interface Reconciled {
  added: string[]
  changed: string[]
  removed: string[]
}

export interface ReconcileOptions {
  contract: QueueContract
  codec: EnvelopeCodec
  queue: StoredQueue
  client: Connection['client']
}

interface Declared {
  id: string
  prepared: PreparedSchedule
  digest: string
}

type Step = { id: string; kind: 'added' | 'changed'; declared: Declared } | { id: string; kind: 'removed' }

const lockMs = 30_000
const askAgainMs = 20

/**
 * Makes Redis hold the schedules that the contract declares: adds, changes, and removes those that it declared before and no
 * longer does. Those made by hand stay, and so does the next run of those that did not change.
 *
 * All are checked before anything is sent. Of several processes that start together one does the work, and the others find it
 * done: they compare, and take a lock only when something differs.
 */
export async function reconcileSchedules({ contract, codec, queue, client }: ReconcileOptions): Promise<Reconciled> {
  const declared = await prepareDeclared(contract, codec)
  const done: Reconciled = { added: [], changed: [], removed: [] }
  if (compare(declared, await readSchedules(queue)).length === 0) return done
  const unlock = await lock(queue, client)
  try {
    for (const step of compare(declared, await readSchedules(queue))) {
      if (step.kind === 'removed') await queue.removeJobScheduler(step.id)
      else await writeSchedule(queue, step.id, step.declared.prepared, step.declared.digest)
      done[step.kind].push(step.id)
    }
  } finally {
    await unlock()
  }
  return done
}

async function prepareDeclared({ schedules }: QueueContract, codec: EnvelopeCodec): Promise<Declared[]> {
  const all: Declared[] = []
  for (const [id, schedule] of schedules) {
    try {
      const prepared = await prepareSchedule(codec, schedule)
      all.push({ id, prepared, digest: digestOf(prepared) })
    } catch (error) {
      if (!(error instanceof BrineError)) throw error
      const { path = root } = error
      const place = `schedules.${id}`
      throw error.relocated({ path: path.startsWith(root) ? join(`${place}.payload`, path) : `${place}.${path}` })
    }
  }
  return all
}

// Short, since it stands in Redis beside each schedule; nobody gains by a collision.
function digestOf({ job, text, repeat, options }: PreparedSchedule): string {
  const written = JSON.stringify([job.name, text, repeat, options])
  return createHash('sha256').update(written).digest('base64url').slice(0, 22)
}

function compare(declared: readonly Declared[], stored: readonly StoredSchedule[]): Step[] {
  const found = new Map(stored.map((one) => [one.id, one]))
  const steps: Step[] = []
  const wanted = new Set<string>()
  for (const one of declared) {
    const { id, digest, prepared } = one
    const there = found.get(id)
    if (there?.declared === digest) wanted.add(id)
    // One whose end has come is not added any more, as BullMQ would refuse it.
    if (there?.declared === digest || hasEnded(prepared.repeat)) continue
    wanted.add(id)
    steps.push({ id, kind: there ? 'changed' : 'added', declared: one })
  }
  for (const { id, declared: mark } of stored) {
    if (mark !== undefined && !wanted.has(id)) steps.push({ id, kind: 'removed' })
  }
  return steps
}

// Only its owner lets go of it: another may have taken it over when the time was up.
const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** Waits until nobody else reconciles. A process that dies over it holds up the others for 30 seconds at most. */
async function lock(queue: StoredQueue, client: Connection['client']): Promise<() => Promise<unknown>> {
  const key = queue.toKey('brine:reconcile')
  const owner = randomUUID()
  while ((await client.set(key, owner, 'PX', lockMs, 'NX')) === null) await wait(askAgainMs)
  return () => client.eval(release, 1, key, owner)
}
