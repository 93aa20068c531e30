import type { QueueContract } from '../contract/contract.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { element, root } from '../path.ts'
import type { ChildStore } from './child-store.ts'
import { childrenThroughMiddlewares } from './flow-middleware.ts'
import type { AnyNode } from './flow-node.ts'
import type { HandlerChildren } from './handler-children.ts'
import { prepareFlows } from './prepare-flow.ts'
import { readFailures, readResults } from './read-children.ts'
import { WaitsForChildren } from './waits-for-children.ts'

interface Source {
  store: ChildStore
  waits: () => unknown
}

const sources = new WeakMap<HandlerChildren, Source>()

/** What `children` of a context stands on, for those that hand it on to where the handler runs. */
export function sourceOf(children: HandlerChildren): Source | undefined {
  return sources.get(children)
}

/** The children of a job by what is stored of them; `waits` is told that its handler ends in order to wait for them, and `enqueues` of those that it adds. */
export function createChildren(
  store: ChildStore,
  waits: () => unknown,
  enqueues: readonly UntypedEnqueueMiddleware[] = [],
): HandlerChildren {
  const { id } = store
  const prefixOf = (contract: QueueContract) => contract.prefix ?? store.prefix

  async function add(nodes: readonly AnyNode[]): Promise<string[]> {
    const pathOf = (index: number) => element(root, index)
    const { flows, parts } = await prepareFlows(nodes, { pathOf, nested: true, token: store.token, prefixOf })
    if (flows.length === 0) return []
    return enqueues.length > 0 ? childrenThroughMiddlewares(enqueues, parts, () => store.add(flows)) : store.add(flows)
  }

  async function wait(): Promise<void> {
    if ((await store.counts()).unprocessed === 0) return
    await waits()
    throw new WaitsForChildren()
  }

  async function step(called: string, make: () => readonly AnyNode[] | Promise<readonly AnyNode[]>): Promise<void> {
    if (!(await store.hasStep(called))) {
      const nodes = await make()
      // A process that dies between the two finds its children again by their ids.
      await add(nodes.map((one, index) => named(one, childId(id, called, index))))
      await store.endStep(called)
    }
    await wait()
  }

  const children = {
    results: (contract: QueueContract, job: string) => readResults(store, contract, job),
    failures: (contract: QueueContract) => readFailures(store, contract),
    counts: () => store.counts(),
    ...{ add, wait, step },
  } as HandlerChildren
  sources.set(children, { store, waits })
  return children
}

// The jobs of schedules have colons in their ids, which no other may have.
function childId(parent: string, step: string, index: number): string {
  return `${parent}.${step}.${index}`.replaceAll(':', '-')
}

function named(node: AnyNode, jobId: string): AnyNode {
  return node.options?.jobId === undefined ? { ...node, options: { ...node.options, jobId } } : node
}
