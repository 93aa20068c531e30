import type { BaseBoardAdapter } from './base-board-adapter.ts'

interface Place {
  adapter: BaseBoardAdapter
  id: string
}

// BullMQ sets no limit, and anyone who can write to Redis can make the parents form a circle.
const mostAbove = 100

/** The topmost job of a flow that can be reached through the queues of the dashboard. */
export async function findTop(adapters: readonly BaseBoardAdapter[], place: Place): Promise<Place> {
  let top = place
  for (let above = 0; above < mostAbove; above++) {
    const parent = await findParent(adapters, top)
    if (!parent) return top
    top = parent
  }
  return place
}

async function findParent(adapters: readonly BaseBoardAdapter[], { adapter, id }: Place): Promise<Place | undefined> {
  const parent = await adapter.parentOf(id)
  const found = parent && adapters.find((one) => one.getQueueQualifiedName() === parent.queue)
  if (!parent || !found) return undefined
  return (await found.holds(parent.id)) ? { adapter: found, id: parent.id } : undefined
}
