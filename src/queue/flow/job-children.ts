import type { QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { element, root } from '../../path.ts'
import { flowOf } from '../bullmq/flow.ts'
import type { StoredJob } from '../bullmq/stored-backend.ts'
import type { AnyNode } from './flow-node.ts'
import type { ChildCounts, HandlerChildren } from './handler-children.ts'
import { prepareFlow } from './prepare-flow.ts'
import { readFailures, readResults } from './read-children.ts'
import { WaitsForChildren } from './waits-for-children.ts'

const stepsField = 'brine:steps'

/** The children of the job that `stored` is; `waits` is told that the handler ends in order to wait for them. */
export function createChildren(stored: StoredJob, waits: () => void): HandlerChildren {
  const { commands, name } = stored
  const id = String(stored.id)
  const key = commands.toKey(id)
  const prefixOf = (contract: QueueContract) => contract.prefix ?? stored.prefix

  async function add(nodes: readonly AnyNode[]): Promise<string[]> {
    const parent = { id, queue: stored.queueQualifiedName }
    const prepared = []
    for (const [index, one] of nodes.entries()) {
      const flow = await prepareFlow(one, prefixOf, { path: element(root, index), nested: true })
      prepared.push({ ...flow, opts: { ...flow.opts, parent } })
    }
    if (prepared.length === 0) return []
    try {
      const added = await flowOf(stored).addBulk(prepared)
      return added.map(({ job }) => String(job.id))
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new BrineError('OPTIONS_INVALID', why, { job: name, cause })
    }
  }

  async function counts(): Promise<ChildCounts> {
    const { unprocessed = 0, processed = 0, ignored = 0, failed = 0 } = await stored.getDependenciesCount()
    return { unprocessed, processed, ignored, failed }
  }

  async function wait(): Promise<void> {
    if ((await counts()).unprocessed === 0) return
    waits()
    throw new WaitsForChildren()
  }

  async function step(called: string, make: () => readonly AnyNode[] | Promise<readonly AnyNode[]>): Promise<void> {
    const client = await commands.client
    const [text] = await client.hmget(key, stepsField)
    const done: unknown = JSON.parse(text ?? '[]')
    const steps: unknown[] = Array.isArray(done) ? done : []
    if (!steps.includes(called)) {
      const nodes = await make()
      // A process that dies between the two finds its children again by their ids.
      await add(nodes.map((one, index) => named(one, childId(id, called, index))))
      await client.hset(key, { [stepsField]: JSON.stringify([...steps, called]) })
    }
    await wait()
  }

  return {
    results: (contract: QueueContract, job: string) => readResults(commands, id, contract, job),
    failures: (contract: QueueContract) => readFailures(commands, id, contract),
    ...{ counts, add, wait, step },
  } as HandlerChildren
}

// The jobs of schedules have colons in their ids, which no other may have.
function childId(parent: string, step: string, index: number): string {
  return `${parent}.${step}.${index}`.replaceAll(':', '-')
}

function named(node: AnyNode, jobId: string): AnyNode {
  return node.options?.jobId === undefined ? { ...node, options: { ...node.options, jobId } } : node
}
