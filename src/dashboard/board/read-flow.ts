import { readBoundedFields } from '../../bullmq/bounded-read.ts'
import { readChildKeys } from '../../bullmq/read-child-keys.ts'
import type { Client } from '../../connection/client.ts'

/** A job of a flow, as Redis stores it. */
export interface FlowNode {
  readonly key: string
  readonly name: string
  readonly children: FlowNode[]
}

export interface FlowWindow {
  /** How many levels, the root's included. */
  depth: number
  /** How many children of one job. */
  maxChildren: number
}

// As many as Bull Board draws below the root.
const mostBelow = 200
const mostDepth = 20
const mostChildren = 1_000

// Lists of children may name jobs that are gone, and jobs of other parents: each costs a look at its hash.
const mostLooks = 5_000
const parentsAtOnce = 20
const longestField = 4_096

interface Listed {
  parent: FlowNode
  key: string
}

/**
 * Reads a job and the jobs below it, level by level. A job counts only below the parent that its own hash names, and only once: anyone
 * who can write to Redis can list children in circles. BullMQ's own `getFlow` follows such circles until its depth ends, which takes exponential time.
 */
export async function readFlow(client: Client, key: string, window: FlowWindow): Promise<FlowNode> {
  const depth = Math.min(window.depth, mostDepth)
  const maxChildren = Math.min(window.maxChildren, mostChildren)
  const mostNodes = 1 + (depth <= 2 ? Math.max(mostBelow, maxChildren) : mostBelow)
  const seen = new Set([key])
  let looks = mostLooks

  async function listBelow(parents: readonly FlowNode[]): Promise<Listed[]> {
    const lists = await Promise.all(parents.map((parent) => readChildKeys(client, parent.key, maxChildren)))
    const listed = parents.flatMap((parent, at) => (lists[at] ?? []).map((child) => ({ parent, key: child })))
    const unseen = listed.filter((one) => !seen.has(one.key)).slice(0, looks)
    looks -= unseen.length
    return unseen
  }

  async function readBelow(parents: readonly FlowNode[]): Promise<FlowNode[]> {
    const listed = await listBelow(parents)
    const read = await Promise.all(
      listed.map((child) => readBoundedFields(client, child.key, ['name', 'parentKey'], longestField)),
    )
    const added: FlowNode[] = []
    for (const [at, child] of listed.entries()) {
      const [name, parentKey] = read[at] ?? []
      const { children, key: parent } = child.parent
      if (parentKey !== parent || seen.has(child.key)) continue
      if (children.length >= maxChildren || seen.size >= mostNodes) continue
      seen.add(child.key)
      const node = { key: child.key, name: name ?? '', children: [] }
      children.push(node)
      added.push(node)
    }
    return added
  }

  const [name] = await readBoundedFields(client, key, ['name'], longestField)
  const root: FlowNode = { key, name: name ?? '', children: [] }
  let level = [root]
  for (let below = 1; below < depth && level.length > 0; below++) {
    const next: FlowNode[] = []
    for (let from = 0; from < level.length && seen.size < mostNodes; from += parentsAtOnce) {
      next.push(...(await readBelow(level.slice(from, from + parentsAtOnce))))
    }
    level = next
  }
  return root
}
