/** A position in a queue's events: the id of an entry of a Redis stream. */
export function parsePosition(id: string): [ms: bigint, sequence: bigint] {
  const [ms = '0', sequence = '0'] = id.split('-')
  return [BigInt(ms), BigInt(sequence)]
}

/** Less than 0 when `a` came before `b`. */
export function comparePositions(a: string, b: string): number {
  const [aMs, aSequence] = parsePosition(a)
  const [bMs, bSequence] = parsePosition(b)
  if (aMs !== bMs) return aMs < bMs ? -1 : 1
  if (aSequence === bSequence) return 0
  return aSequence < bSequence ? -1 : 1
}
