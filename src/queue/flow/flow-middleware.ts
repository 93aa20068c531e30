import { allThroughMiddlewares, type UntypedEnqueueMiddleware } from '../producer/enqueue-middleware.ts'
import type { FlowTree } from './flow-node.ts'
import type { FlowPart } from './prepare-flow.ts'

/** Tells the middlewares of every job of some flows, parents before their children, and sends them when all say so. */
export async function flowThroughMiddlewares(
  use: readonly UntypedEnqueueMiddleware[],
  parts: readonly FlowPart[],
  send: () => Promise<FlowTree[]>,
): Promise<FlowTree[]> {
  let trees: FlowTree[] = []
  const jobs = parts.map(({ prepared }) => prepared)
  await allThroughMiddlewares(use, jobs, async (merged) => {
    for (const [index, { options }] of merged.entries()) parts[index]?.setOptions(options)
    trees = await send()
    return trees.flatMap(handlesOf)
  })
  return trees
}

/** The same of the children that a handler adds, of which `send` gives the ids of the first ones. */
export async function childrenThroughMiddlewares(
  use: readonly UntypedEnqueueMiddleware[],
  parts: readonly FlowPart[],
  send: () => Promise<string[]>,
): Promise<string[]> {
  let ids: string[] = []
  const jobs = parts.map(({ prepared }) => prepared)
  await allThroughMiddlewares(use, jobs, async (merged) => {
    for (const [index, { options }] of merged.entries()) parts[index]?.setOptions(options)
    ids = await send()
    return merged.map(({ options }) => ({ id: options.jobId }))
  })
  return ids
}

// In the order in which their jobs were prepared.
function handlesOf({ job, children }: FlowTree): FlowTree['job'][] {
  return [job, ...children.flatMap(handlesOf)]
}
