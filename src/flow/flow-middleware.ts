import { allThroughMiddlewares, type UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import type { Prepared } from '../enqueue/prepare.ts'
import type { FlowTree } from './flow-node.ts'
import type { FlowPart } from './prepare-flow.ts'

/** Tells the middlewares of every job of some flows, parents before their children, and sends them when all say so. */
export function flowThroughMiddlewares(
  use: readonly UntypedEnqueueMiddleware[],
  parts: readonly FlowPart[],
  send: () => Promise<FlowTree[]>,
): Promise<FlowTree[]> {
  return throughAll(use, parts, send, (trees) => trees.flatMap(handlesOf))
}

/** The same of the children that a handler adds, of which `send` gives the ids of the first ones. */
export function childrenThroughMiddlewares(
  use: readonly UntypedEnqueueMiddleware[],
  parts: readonly FlowPart[],
  send: () => Promise<string[]>,
): Promise<string[]> {
  return throughAll(use, parts, send, (_ids, jobs) => jobs.map(({ options }) => ({ id: options.jobId })))
}

/** `handlesOf` gives what the middlewares get of each job, in the order of the parts. */
async function throughAll<T>(
  use: readonly UntypedEnqueueMiddleware[],
  parts: readonly FlowPart[],
  send: () => Promise<T[]>,
  handlesOf: (sent: readonly T[], jobs: readonly Prepared[]) => { readonly id: string }[],
): Promise<T[]> {
  let sent: T[] = []
  const jobs = parts.map(({ prepared }) => prepared)
  await allThroughMiddlewares(use, jobs, async (merged) => {
    for (const [index, prepared] of merged.entries()) parts[index]?.update(prepared)
    sent = await send()
    return { handles: handlesOf(sent, merged) }
  })
  return sent
}

// In the order in which their jobs were prepared.
function handlesOf({ job, children }: FlowTree): FlowTree['job'][] {
  return [job, ...children.flatMap(handlesOf)]
}
