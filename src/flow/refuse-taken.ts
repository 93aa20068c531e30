import { type Reads, readBoundedFields } from '../bullmq/bounded-read.ts'
import { EncodedText } from '../bullmq/encoded-text.ts'
import { BrineError } from '../errors.ts'
import { element, property } from '../path.ts'
import { claimedBond } from '../seal/bond.ts'
import type { PreparedFlow } from './prepare-flow.ts'

interface Claim {
  job: string
  key: string
  parent: string
  /** Of the parent, of a queue with keys. */
  token: string | undefined
  path: string
}

// Of a key, and of the beginning of a payload.
const longestRead = 10_000

/**
 * Refuses flows with a child whose id is that of another parent's child: BullMQ notices that only after it has added the rest of the
 * flow. With keys it also refuses the id of a job without a parent, because the new parent would refuse that job's result. Only a `jobId` that was given can be that of a job which exists. Throws OPTIONS_INVALID.
 */
export async function refuseTaken(
  client: Reads,
  flows: readonly PreparedFlow[],
  { path, parent }: { path: (index: number) => string; parent?: string },
): Promise<void> {
  const claims = flows.flatMap((flow, index) => claimsOf(flow, parent ?? parentOf(flow), path(index)))
  const claimed = new Map<string, string>()
  for (const claim of claims) {
    const already = claimed.get(claim.key)
    if (already !== undefined && already !== claim.parent) throw taken(claim)
    claimed.set(claim.key, claim.parent)
  }
  await Promise.all(
    claims.map(async (claim) => {
      const [other, text] = await readBoundedFields(client, claim.key, ['parentKey', 'data'], longestRead)
      // One whose parent is gone may have another.
      const isOthers = other && other !== claim.parent
      if (isOthers && (await readBoundedFields(client, other, ['name'], 0))[0] !== null) throw taken(claim)
      if (claim.token !== undefined && typeof text === 'string' && claimedBond(text)?.parent !== claim.token) {
        throw taken(claim)
      }
    }),
  )
}

function claimsOf(flow: PreparedFlow, parent: string | undefined, path: string): Claim[] {
  const { name: job, prefix, queueName, opts, data, children = [], given } = flow
  const key = `${prefix}:${queueName}:${opts?.jobId}`
  const below = children.flatMap((child, index) => claimsOf(child, key, element(property(path, 'children'), index)))
  const token = data instanceof EncodedText ? claimedBond(data.text)?.parent : undefined
  return given && parent !== undefined ? [{ job, key, parent, token, path }, ...below] : below
}

function parentOf({ opts }: PreparedFlow): string | undefined {
  const parent = opts?.parent
  return parent && `${parent.queue}:${parent.id}`
}

function taken({ job, path }: Claim): BrineError {
  const remedy = 'a job with this id exists and is not a child of this parent; use another jobId, or none'
  return new BrineError('OPTIONS_INVALID', remedy, { job, path: `${path}.options.jobId` })
}
