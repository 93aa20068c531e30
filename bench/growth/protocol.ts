/** What worker processes of the bench are told, and what they tell. */
export type FromParent = { do: 'work'; peer: 'raw' | 'brine'; url: string; prefix: string } | { do: 'stop' }
export type ToParent = { ready: true } | { cpuUs: number }

export function isFromParent(message: unknown): message is FromParent {
  return typeof message === 'object' && message !== null && 'do' in message
}
