import type { Job, JobNode } from 'bullmq'
import type { BoardQueue } from './board-queue.ts'

interface FlowQuestion {
  queueName: string
  id: string
  depth?: number
  maxChildren?: number
}

interface BoardNode {
  job: Pick<Job, 'name' | 'queueName' | 'queueQualifiedName' | 'opts' | 'getState' | 'getDependenciesCount'> & {
    id: string | undefined
  }
  children: BoardNode[]
}

/** What Bull Board draws flows from: names, ids and states, and nothing of what the jobs hold. */
export function openBoardFlows({ queue, flows, sender }: BoardQueue) {
  const { prefix = 'bull' } = queue.opts
  return {
    async getFlow(question: FlowQuestion): Promise<BoardNode | undefined> {
      const tree = await sender.send(() => flows.getFlow({ ...question, prefix }))
      return tree?.job ? nodeOf(tree as JobNode) : undefined
    },
  }
}

function nodeOf({ job, children = [] }: JobNode): BoardNode {
  const { id, name, queueName, queueQualifiedName, opts } = job
  return {
    job: {
      ...{ id, name, queueName, queueQualifiedName, opts },
      getState: () => job.getState(),
      getDependenciesCount: (which) => job.getDependenciesCount(which),
    },
    // Those that were removed when they had ended are not there.
    children: children.filter((child) => child?.job !== undefined).map(nodeOf),
  }
}
