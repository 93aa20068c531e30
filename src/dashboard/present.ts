import type { QueueContract } from '../contract/contract.ts'
import { aboutPart, type JobPart } from '../notation/job-part.ts'
import { showJson, showText } from '../notation/show.ts'

/** A value of a job: in which contract, of which job, and whether its sensitive fields may be seen. */
export interface PresentOptions {
  contract: QueueContract
  job: string | undefined
  part: JobPart
  reveal: boolean
}

// A page that lists jobs has ten of them, and whoever looks into one wants to see nearly all.
const bounds = { maxItems: 200, maxDepth: 50, maxString: 5_000, maxChars: 100_000 }

/** A value as the board displays it, and takes it back. */
export function presentJson(value: unknown, { contract, job, part, reveal }: PresentOptions): unknown {
  return showJson(value, { ...bounds, ...aboutPart(contract, job, part), reveal })
}

/** The same as text, for what nobody gives back. */
export function presentText(value: unknown, { contract, job, part, reveal }: PresentOptions): string {
  return showText(value, { ...bounds, ...aboutPart(contract, job, part), reveal })
}
