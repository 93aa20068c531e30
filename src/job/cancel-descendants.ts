import type { StoredBackend } from '../bullmq/stored-backend.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import { readHead } from '../codec/text-head.ts'
import type { Connection } from '../connection/connection.ts'
import { isPassing, isReply } from '../connection/redis-errors.ts'
import type { QueueContract } from '../contract/contract.ts'
import { plainLine } from '../notation/quote.ts'
import type { Bond } from '../seal/bond.ts'
import { tokenOf } from '../seal/tokens.ts'
import type { CancelledChild, UnstoppedChild } from './cancelled.ts'
import { codecFor } from './contract-codec.ts'
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

/** A job that is cancelled, and the token that its children are bound to. */
export interface CancelledParent {
  key: string
  token: string | undefined
}

/**
 * Marks the jobs below a job that have not ended, at every depth: those that run are aborted, and those that wait fail if a worker
 * takes them before they are removed. With `children`, which are keys, only those children and what is below them.
 */
export async function cancelDescendants(
  sources: CancelSources,
  { key, token }: CancelledParent,
  reason: string,
  children?: readonly string[],
): Promise<CancelledBelow> {
  const below: CancelledBelow = { stopping: [], notStopped: [], holders: [] }
  const tokens = new Map([[key, token]])
  for await (const found of findDescendants(sources.connection.client, key, children)) {
    const opened = await Promise.all(found.map((one) => open(sources, one)))
    const states = await Promise.all(
      found.map((one, index) => {
        const job = opened[index]
        // Redis names the parents, and whoever writes to it could name a cancelled job as the parent of any other.
        const isChild = job !== undefined && isBoundTo(job, tokens.get(one.parent))
        if (isChild) tokens.set(one.key, job.token)
        return cancelOne(sources, one, isChild ? job : undefined, reason).catch(unreachable)
      }),
    )
    for (const [index, state] of states.entries()) {
      const one = found[index]
      if (one === undefined) continue
      const child = childOf(sources, one)
      if (state === 'active') below.stopping.push(child)
      else if (state !== 'waits' && state !== 'over') below.notStopped.push({ ...child, reason: state })
      if (state !== 'waits' && one.hasChildren) below.holders.push(one.key)
    }
  }
  return below
}

const longestEntry = 100

function childOf({ backend }: CancelSources, { key, state, name }: Descendant): CancelledChild {
  if (state === 'noJob') return { prefix: '', queue: '', name: undefined, id: plainLine(key, longestEntry) }
  const { prefix, queueName: queue, id } = backend.parseNodeKey(key)
  return { prefix, queue, name: name === '' ? undefined : name, id }
}

/** Redis refuses one job, such as a queue that this user may not write to. The others are cancelled. */
function unreachable(error: unknown): 'unreachable' {
  if (isReply(error) && !isPassing(error)) return 'unreachable'
  throw error
}

/** `over`: there is nothing to stop. */
type Stopped = 'active' | 'waits' | 'over' | UnstoppedChild['reason']

async function cancelOne(
  { backend, connection }: CancelSources,
  { key, state, name }: Descendant,
  job: OpenedJob | undefined,
  reason: string,
): Promise<Stopped> {
  if (state === 'completed') return 'completed'
  if (state === 'failed') return 'over'
  if (state === 'refused' || state === 'noJob') return 'unreachable'
  const { prefix, queueName, id } = backend.parseNodeKey(key)
  if (state === 'gone') {
    const record = await backend.forQueue(queueName, prefix).readQuarantined(id)
    return record === undefined ? 'over' : 'quarantined'
  }
  // Removing one that waits takes no keys.
  if (!job) return state === 'active' ? 'unreachable' : 'waits'
  const marked = await markCancelled(connection.client, { key, id, name, ...job }, reason)
  return ofMarked[marked]
}

const ofMarked: Readonly<Record<Marked, Stopped>> = { active: 'active', waits: 'waits', ended: 'over', missing: 'over' }

interface OpenedJob {
  /** That of its queue. */
  codec: EnvelopeCodec
  version: number | undefined
  bond: Bond | undefined
  /** The token that its children are bound to. */
  token: string | undefined
}

/** Undefined if the seal of a job is not valid or its keys are unknown: nothing is sealed in the name of such a job. */
async function open(sources: CancelSources, found: Descendant): Promise<OpenedJob | undefined> {
  const { key, name, state, hasChildren } = found
  if (state !== 'active' && state !== 'waits' && !hasChildren) return undefined
  const { prefix, queueName, id } = sources.backend.parseNodeKey(key)
  const head = readHead(found.head)
  const version = head?.version
  const codec = codecOfQueue(sources, { prefix, queueName }, head)
  if (!codec?.sealed) return codec && { codec, version, bond: undefined, token: undefined }
  const text = await readPayload({ queue: { toKey: () => key }, connection: sources.connection, codec }, id)
  try {
    const bond = codec.checkSeal(text ?? '', { kind: 'payload', job: name, version, id })
    return { codec, version, bond, token: tokenOf(bond, id) }
  } catch {
    return undefined
  }
}

/** Texts that older builds sealed have no bond, and neither have those of their parents. */
function isBoundTo({ codec, bond }: OpenedJob, token: string | undefined): boolean {
  if (!codec.sealed) return true
  return token === undefined ? bond === undefined : bond?.parent === token
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
