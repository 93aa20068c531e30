import { inspect } from 'node:util'
import type { QueueContract } from '../../contract/contract.ts'
import { printable, printableLine } from '../terminal/printable.ts'

/** A value of a job: in which contract, of which job, and whether its sensitive fields may be seen. */
export interface PresentOptions {
  contract: QueueContract
  job: string | undefined
  part: 'payload' | 'result' | 'progress' | 'error'
  reveal: boolean
}

/** A value as people read it, over several lines. */
export function presentText(value: unknown, _options: PresentOptions): string {
  return printable(inspect(value, { depth: 8, customInspect: false, maxArrayLength: 100, maxStringLength: 1_000 }))
}

/** The same on one line, for tables. */
export function presentLine(value: unknown, _options: PresentOptions): string {
  const shown = inspect(value, { depth: 3, customInspect: false, maxArrayLength: 5, maxStringLength: 60 })
  return printableLine(shown.replace(/\s+/g, ' '))
}

/** The same for machines. */
export function presentJson(value: unknown, options: PresentOptions): unknown {
  return presentText(value, options)
}
