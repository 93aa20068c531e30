import type { JobState } from 'bullmq'
import type { StoredBackend } from '../../bullmq/stored-backend.ts'
import type { BoardQueue } from './board-queue.ts'
import { type FlowNode, type FlowWindow, readFlow } from './read-flow.ts'

type Counts = Partial<Record<(typeof kinds)[number], number>>

interface BoardNode {
  job: {
    id: string
    name: string
    queueName: string
    queueQualifiedName: string
    getState(): Promise<JobState | 'unknown'>
    getDependenciesCount(): Promise<Counts>
  }
  children: BoardNode[]
}

interface Place {
  backend: StoredBackend
  queueName: string
  id: string
}

const kinds = ['processed', 'unprocessed', 'ignored', 'failed'] as const

/** What Bull Board draws flows from: names, ids and states, and nothing of what the jobs hold. */
export function openBoardFlows({ queue, connection, sender }: BoardQueue) {
  function boardNode({ backend, queueName, id }: Place, { name, children }: FlowNode): BoardNode {
    return {
      job: {
        ...{ id, name, queueName, queueQualifiedName: backend.qualifiedName },
        getState: () => sender.send(() => backend.getState(id)),
        async getDependenciesCount() {
          const counts = await sender.send(() => backend.getDependencyCounts(id, [...kinds]))
          return Object.fromEntries(kinds.map((kind, at) => [kind, counts[at] || 0]))
        },
      },
      children: children.map(childNode),
    }
  }

  function childNode(node: FlowNode): BoardNode {
    const { prefix, queueName, id } = queue.backend.parseNodeKey(node.key)
    return boardNode({ backend: queue.backend.forQueue(queueName, prefix), queueName, id }, node)
  }

  return {
    async getFlow({ id, ...window }: FlowWindow & { id: string }): Promise<BoardNode> {
      const root = await sender.send(() => readFlow(connection.client, queue.toKey(id), window))
      // Only the root can be the job of a schedule, whose id has colons.
      return boardNode({ backend: queue.backend, queueName: queue.name, id }, root)
    },
  }
}
