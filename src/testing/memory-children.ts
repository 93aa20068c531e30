import type { QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { element, root } from '../path.ts'
import type { AnyNode } from '../queue/flow/flow-node.ts'
import type { HandlerChildren } from '../queue/flow/handler-children.ts'
import { codecOf } from '../queue/flow/prepare-flow.ts'
import { readError } from '../queue/flow/read-children.ts'
import { WaitsForChildren } from '../queue/flow/waits-for-children.ts'
import { openResult } from '../queue/job/inspect-job.ts'
import { countChildren } from './family.ts'
import type { Household, Member } from './household.ts'
import type { MemoryJob } from './memory-queue.ts'
import { plantFlows } from './plant-flow.ts'

/** `context.children` of a job in memory; `waits` is told that the handler ends in order to wait for them. */
export function createMemoryChildren(
  household: Household,
  member: Member,
  job: MemoryJob,
  waits: () => void,
): HandlerChildren {
  const ended = (contract: QueueContract, state: 'processed' | 'ignored') =>
    job.children.filter((child) => child.state === state && child.contract.name === contract.name)

  async function results(contract: QueueContract, name: string) {
    const entry = contract.entries.get(name)
    if (!entry) throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job`, { job: name })
    const read = ended(contract, 'processed').map(async ({ job: { id, job: of }, ended: how }) => {
      if (of.name !== name || how?.state !== 'completed') return []
      return [{ id, result: (await openResult(codecOf(contract), entry, how.text)).value }]
    })
    return (await Promise.all(read)).flat()
  }

  async function failures(contract: QueueContract) {
    return ended(contract, 'ignored').flatMap(({ job: { id, job: of }, ended: how }) => {
      if (how?.state !== 'failed') return []
      return [{ id, name: of.name, error: readError(contract, of.name, how.encoded, how.reason) }]
    })
  }

  async function add(nodes: readonly AnyNode[]): Promise<string[]> {
    const trees = await plantFlows(household, nodes, (index) => element(root, index), { member, job })
    return trees.map((tree) => tree.job.id)
  }

  async function wait(): Promise<void> {
    if (countChildren(job).unprocessed === 0) return
    waits()
    throw new WaitsForChildren()
  }

  // The types of names and results are the contracts': they were checked where these are called.
  return {
    ...{ results, failures, add, wait },
    counts: async () => countChildren(job),
    async step(name: string, make: () => readonly AnyNode[] | Promise<readonly AnyNode[]>) {
      if (!job.steps.has(name)) await add(await make())
      job.steps.add(name)
      await wait()
    },
  } as HandlerChildren
}
