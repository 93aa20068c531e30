import type { Job, JobNode } from 'bullmq'
import type { BoardQueue } from './board-queue.ts'
import { readStoredOptions } from './stored-options.ts'

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

// BullMQ sets no limit, and parents that somebody wrote into Redis can form a circle.
const mostAbove = 100

/** The topmost job of a flow that can be reached through the queues of the dashboard. */
export async function findTop(
  queues: readonly BoardQueue[],
  source: BoardQueue,
  id: string,
): Promise<{ source: BoardQueue; id: string }> {
  let top = { source, id }
  for (let above = 0; above < mostAbove; above++) {
    const parent = await parentOf(queues, top)
    if (!parent) return top
    top = parent
  }
  return { source, id }
}

async function parentOf(queues: readonly BoardQueue[], { source, id }: { source: BoardQueue; id: string }) {
  const { connection, sender, queue } = source
  const [stored] = await sender.send(() => readStoredOptions(connection, queue, [id]))
  const { parent } = stored ?? {}
  const found = parent && queues.find((one) => one.queue.qualifiedName === parent.queue)
  if (!parent || !found) return undefined
  const isThere = await sender.send(() => connection.client.exists(found.queue.toKey(parent.id)))
  return isThere ? { source: found, id: parent.id } : undefined
}
