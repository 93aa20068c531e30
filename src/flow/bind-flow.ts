import { type Reads, readBoundedFields } from '../bullmq/bounded-read.ts'
import type { QueueContract } from '../contract/contract.ts'
import { type Prepared, rebind } from '../enqueue/prepare.ts'
import { codecFor } from '../job/contract-codec.ts'
import { bondOfPayload } from '../job/stored-payload.ts'
import { childToken, tokenOf } from '../seal/tokens.ts'
import type { FlowPart } from './prepare-flow.ts'

/** The job that has the id of a flow's job already. */
export interface FoundJob {
  /** The text of its payload. */
  text: string | undefined
}

/**
 * Notes which jobs of some flows exist, and binds the others to their parents. BullMQ does not add a root again whose id exists, but its
 * children join the existing job, so they must be bound to that one. `find` gives the existing job; `parentOf` gives the token of the
 * parent that a root's options name.
 */
export async function bindFlows(
  parts: readonly FlowPart[],
  find: (part: FlowPart) => Promise<FoundJob | undefined>,
  parentOf: (part: FlowPart) => Promise<string | undefined>,
): Promise<void> {
  await Promise.all(
    parts.map(async (part) => {
      if (part.prepared.given) part.found = await find(part)
    }),
  )
  const tokens = new Map<FlowPart, string | undefined>()
  for (const part of parts) {
    const { parent } = part
    if (parent) bindToParent(part, tokens.get(parent))
    else if (part.prepared.options.parent) bindToParent(part, await parentOf(part))
    const { bond, job, codec, options } = part.prepared
    const found = part.found && bondOfPayload(part.found.text, job, codec, options.jobId)
    tokens.set(part, tokenOf(found ?? bond, options.jobId))
  }
}

function bindToParent(part: FlowPart, parent: string | undefined): void {
  const { prepared } = part
  const { bond, given, queue, options } = prepared
  if (!bond || bond.parent === parent) return
  const token = given && parent !== undefined ? childToken(parent, queue, options.jobId) : bond.for
  part.update(rebind(prepared, { for: token, parent }))
}

/** Binds a job to the `parent` in its options, if the contract's keys open that parent's payload. */
export async function boundToParent(client: Reads, contract: QueueContract, prepared: Prepared): Promise<Prepared> {
  const parent = await parentToken(client, contract, prepared)
  return parent === undefined ? prepared : rebind(prepared, { parent })
}

/** The token of the parent that a job's options name. Only a valid seal counts: otherwise Redis could choose another parent. */
export async function parentToken(
  client: Reads,
  contract: QueueContract,
  { options: { parent } }: Prepared,
): Promise<string | undefined> {
  if (!parent) return undefined
  const { queue, id } = parent
  const end = queue.lastIndexOf(':')
  const codec = codecFor(contract, { prefix: queue.slice(0, end), queueName: queue.slice(end + 1) })
  const [name, text] = await readBoundedFields(client, `${queue}:${id}`, ['name', 'data'], codec.maxTextBytes)
  if (typeof name !== 'string' || typeof text !== 'string') return undefined
  return tokenOf(bondOfPayload(text, { name, aliases: [], version: undefined }, codec, id), id)
}
