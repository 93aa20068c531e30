import type { IRedisClient } from 'bullmq'
import { BrineError } from '../../errors.ts'
import { element, property } from '../../path.ts'
import type { PreparedFlow } from './prepare-flow.ts'

interface Claim {
  job: string
  key: string
  parent: string
  path: string
}

/**
 * Refuses flows in which a job is to be the child of one parent that is another's: BullMQ would find that out when the rest of
 * the flow has been added. Only a `jobId` that was given can be that of a job which exists. Throws OPTIONS_INVALID.
 */
export async function refuseTaken(
  client: Pick<IRedisClient, 'hmget'>,
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
      const [other] = await client.hmget(claim.key, 'parentKey')
      if (!other || other === claim.parent) return
      // One whose parent is gone may have another.
      const [there] = await client.hmget(other, 'name')
      if (there) throw taken(claim)
    }),
  )
}

function claimsOf(flow: PreparedFlow, parent: string | undefined, path: string): Claim[] {
  const { name: job, prefix, queueName, opts, children = [], given } = flow
  const key = `${prefix}:${queueName}:${opts?.jobId}`
  const below = children.flatMap((child, index) => claimsOf(child, key, element(property(path, 'children'), index)))
  return given && parent !== undefined ? [{ job, key, parent, path }, ...below] : below
}

function parentOf({ opts }: PreparedFlow): string | undefined {
  const parent = opts?.parent
  return parent && `${parent.queue}:${parent.id}`
}

function taken({ job, path }: Claim): BrineError {
  const remedy = 'there is a job of this id, and it is the child of another parent; give another jobId, or none'
  return new BrineError('OPTIONS_INVALID', remedy, { job, path: `${path}.options.jobId` })
}
