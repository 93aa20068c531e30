import { BrineError } from '../errors.ts'
import { KeyCollisions } from '../limits/key-collisions.ts'
import { type Limits, limitExceeded } from '../limits/limits.ts'
import { root } from '../path.ts'

/**
 * The value of a text that is plain JSON, in a box, for queues that take what bare BullMQ writes; undefined for what is
 * no JSON or an envelope, which are opened elsewhere. Throws LIMIT_EXCEEDED, and TEXT_INVALID for a property `__proto__`.
 */
export function openPlainJson(text: string, limits: Limits): { value: unknown } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'brine')) return undefined
  check(value, limits)
  return { value }
}

// Level by level, since a text may be deeper than the stack.
function check(value: unknown, limits: Limits): void {
  let nodes = 0
  const collisions = new KeyCollisions()
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.maxDepth) throw limitExceeded(limits, 'maxDepth', depth, root)
    const next: unknown[] = []
    for (const part of level) {
      nodes++
      if (nodes > limits.maxNodes) throw limitExceeded(limits, 'maxNodes', nodes, root)
      if (typeof part !== 'object' || part === null) continue
      if (Array.isArray(part)) {
        if (part.length > limits.maxArrayLength) throw limitExceeded(limits, 'maxArrayLength', part.length, root)
      } else if (Object.hasOwn(part, '__proto__')) {
        throw new BrineError('TEXT_INVALID', 'a property cannot be named __proto__', { path: root })
      } else {
        collisions.takeNames(Object.keys(part), () => root)
      }
      for (const inner of Object.values(part)) next.push(inner)
    }
    level = next
  }
}
