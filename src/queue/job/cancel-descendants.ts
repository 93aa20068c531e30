import type { EnvelopeCodec, Place } from '../../codec/envelope.ts'
import { createEnvelopeCodec } from '../../codec/envelope-codec.ts'
import type { Bond } from '../../codec/seal/bond.ts'
import { readHead } from '../../codec/text-head.ts'
import type { QueueContract } from '../../contract/contract.ts'
import type { StoredBackend } from '../bullmq/stored-backend.ts'
import type { Connection } from '../connection/connection.ts'
import { codecFor } from '../contract-codec.ts'
import type { CancelledChild, UnstoppedChild } from './cancelled.ts'
import { type Descendant, findDescendants } from './find-descendants.ts'
import { type Marked, markCancelled } from './mark-cancelled.ts'
import { readPayload } from './stored-payload.ts'

/** The queue of a job that is cancelled, and how to reach it. */
export interface CancelSources {
  contract: QueueContract
  backend: StoredBackend
  connection: Connection
  codec: EnvelopeCodec
}

/** What became of the jobs below a cancelled one. */
export interface CancelledBelow {
  readonly stopping: CancelledChild[]
  readonly notStopped: UnstoppedChild[]
  /** The keys of the jobs that stay, and have children which may wait. */
  readonly holders: string[]
}

/**
 * Marks the jobs below a job that have not ended, at every depth: those that run are aborted, and those that wait fail if a worker
 * takes them before they are removed. With `children`, which are keys, only those children and what is below them.
 */
export async function cancelDescendants(
  sources: CancelSources,
  key: string,
  reason: string,
  children?: readonly string[],
): Promise<CancelledBelow> {
  const below: CancelledBelow = { stopping: [], notStopped: [], holders: [] }
  const found = await findDescendants(sources.connection.client, key, children)
  const states = await Promise.all(found.map((one) => cancelOne(sources, one, reason)))
  for (const [index, state] of states.entries()) {
    const one = found[index]
    if (one === undefined) continue
    const { prefix, queueName: queue, id } = sources.backend.parseNodeKey(one.key)
    const child = { prefix, queue, name: one.name === '' ? undefined : one.name, id }
    if (state === 'active') below.stopping.push(child)
    else if (state !== 'waits' && state !== 'over') below.notStopped.push({ ...child, reason: state })
    if (state !== 'waits' && one.hasChildren) below.holders.push(one.key)
  }
  return below
}

/** `over`: there is nothing to stop. */
type Stopped = 'active' | 'waits' | 'over' | UnstoppedChild['reason']

async function cancelOne(sources: CancelSources, found: Descendant, reason: string): Promise<Stopped> {
  const { key, state, name } = found
  const { prefix, queueName, id } = sources.backend.parseNodeKey(key)
  if (state === 'completed') return 'completed'
  if (state === 'failed') return 'over'
  if (state === 'refused') return 'unreachable'
  if (state === 'gone') {
    const record = await sources.backend.forQueue(queueName, prefix).readQuarantined(id)
    return record === undefined ? 'over' : 'quarantined'
  }
  const head = readHead(found.head)
  const codec = codecOfQueue(sources, { prefix, queueName }, head)
  const place: Place = { kind: 'payload', job: name, version: head?.version, id }
  const sealed = codec && (await openSeal(sources, key, codec, place))
  // Removing one that waits takes no keys.
  if (!codec || !sealed) return state === 'active' ? 'unreachable' : 'waits'
  const { client } = sources.connection
  const marked = await markCancelled(
    client,
    { key, id, name, version: head?.version, bond: sealed.bond, codec },
    reason,
  )
  return ofMarked[marked]
}

const ofMarked: Readonly<Record<Marked, Stopped>> = { active: 'active', waits: 'waits', ended: 'over', missing: 'over' }

/** What a child's payload is bound to; undefined when its seal does not hold, since nothing is sealed in the name of a forged job. */
async function openSeal(
  { connection }: CancelSources,
  key: string,
  codec: EnvelopeCodec,
  place: Place,
): Promise<{ bond: Bond | undefined } | undefined> {
  if (!codec.sealed) return { bond: undefined }
  const text = await readPayload({ queue: { toKey: () => key }, connection, codec }, String(place.id))
  try {
    return { bond: codec.checkSeal(text ?? '', place) }
  } catch {
    return undefined
  }
}

/** The codec by which the workers of a child's queue read, judged by the child's own text; undefined without its keys. */
function codecOfQueue(
  { contract, backend, codec }: CancelSources,
  place: { prefix: string; queueName: string },
  head: ReturnType<typeof readHead>,
): EnvelopeCodec | undefined {
  if (backend.qualifiedName === `${place.prefix}:${place.queueName}`) return codec
  // Nothing else says whether another queue is sealed. Whoever strips a seal keeps the cancel from being believed, and nothing more.
  if (head?.seal === undefined) return createEnvelopeCodec()
  if (head.key === undefined || !contract.keys?.ids.includes(head.key)) return undefined
  return codecFor(contract, place)
}
