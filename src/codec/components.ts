import { BrineError } from '../errors.ts'
import { type Flat, isLeafShape } from './flat.ts'
import { SPARSE } from './format.ts'

/**
 * Calls `close` for each set of entries that reach each other, what they need before what needs it: a single entry, or all
 * of a cycle at once. So everything that an instance holds is whole before the instance is, wherever there is no cycle;
 * and where there is one, every container in it is filled before any instance in it is populated.
 *
 * Throws CYCLE_THROUGH_DECODE for an instance in a cycle whose model can only build it from complete fields.
 *
 * Source: R. Tarjan, "Depth-first search and linear graph algorithms" (1972), with a stack of its own.
 */
export function eachComponent(flat: Flat, close: (members: readonly number[]) => void): void {
  const size = flat.entries.length
  const order = new Int32Array(size)
  const low = new Int32Array(size)
  const closed = new Uint8Array(size)
  const open: number[] = []
  const walk: { at: number; children: readonly number[]; next: number }[] = []
  let count = 0

  const enter = (at: number): void => {
    count += 1
    order[at] = count
    low[at] = count
    open.push(at)
    walk.push({ at, children: childrenOf(flat, at), next: 0 })
  }
  if (!isLeafShape(flat.shapes[0])) enter(0)
  for (let top = walk.at(-1); top !== undefined; top = walk.at(-1)) {
    const child = top.children[top.next]
    top.next += 1
    if (child !== undefined) {
      if (order[child] === 0) enter(child)
      else if (closed[child] === 0) low[top.at] = Math.min(low[top.at] as number, order[child] as number)
      continue
    }
    walk.pop()
    const above = walk.at(-1)
    if (above !== undefined) low[above.at] = Math.min(low[above.at] as number, low[top.at] as number)
    if (low[top.at] !== order[top.at]) continue
    const members = open.splice(open.lastIndexOf(top.at))
    for (const member of members) closed[member] = 1
    if (members.length > 1 || top.children.includes(top.at)) refuseDecode(flat, members)
    close(members)
  }
}

function refuseDecode(flat: Flat, members: readonly number[]): void {
  const decoded = members.find((at) => flat.models.get(at)?.model.back.kind === 'decode')
  if (decoded === undefined) return
  throw new BrineError(
    'CYCLE_THROUGH_DECODE',
    'this instance is in a cycle, and its model builds it from complete fields: give the model allocate and populate instead of decode',
    { path: flat.pathOf(decoded) },
  )
}

/** The entries that an entry names, leaves left out. */
function childrenOf(flat: Flat, at: number): number[] {
  const entry = flat.entries[at]
  const children: number[] = []
  const take = (ref: unknown): void => {
    if (typeof ref === 'number' && ref >= 0 && !isLeafShape(flat.shapes[ref])) children.push(ref)
  }
  if (!Array.isArray(entry)) Object.values(entry as object).forEach(take)
  else if (entry[0] === SPARSE) for (let place = 3; place < entry.length; place += 2) take(entry[place])
  // What is no index in a tagged entry is a text, and takes itself out.
  else entry.forEach(take)
  return children
}
