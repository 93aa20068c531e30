import type { QueueContract } from '../contract/contract.ts'
import type { ChildStore } from '../flow/child-store.ts'
import type { MemoryJob } from './memory-job.ts'
import { countChildren } from './parent-link.ts'
import { plant } from './plant-flow.ts'
import type { Member, QueueGroup } from './queue-group.ts'

/** The children of a job in memory. */
export function childrenInMemory(household: QueueGroup, member: Member, job: MemoryJob): ChildStore {
  const of = (queue: string, state: 'processed' | 'ignored') =>
    job.children.filter((child) => child.state === state && child.contract.name === queue)

  return {
    ...{ id: job.id, job: job.job.name, prefix: prefixOf(member.contract) },
    completed: async (queue) =>
      of(queue, 'processed').flatMap(({ contract, job: { id, job: child }, ended }) =>
        ended?.state === 'completed' ? [{ id, prefix: prefixOf(contract), name: child.name, text: ended.text }] : [],
      ),
    failed: async (queue) =>
      of(queue, 'ignored').flatMap(({ contract, job: { id, job: child }, ended }) =>
        ended?.state === 'failed'
          ? [{ id, prefix: prefixOf(contract), name: child.name, encoded: ended.encoded, reason: ended.reason }]
          : [],
      ),
    counts: async () => countChildren(job),
    add: async (flows) => (await plant(household, flows, { parent: { member, job } })).map((tree) => tree.job.id),
    hasStep: async (name) => job.steps.has(name),
    async endStep(name) {
      job.steps.add(name)
    },
  }
}

function prefixOf({ prefix = 'bull' }: QueueContract): string {
  return prefix
}
