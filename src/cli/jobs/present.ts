import type { QueueContract } from '../../contract/contract.ts'
import { aboutPart, type JobPart } from '../../notation/job-part.ts'
import { type ShowOptions, showJson, showLine, showText } from '../../notation/show.ts'

/** A value of a job: in which contract, of which job, and whether its sensitive fields may be seen. */
export interface PresentOptions {
  contract: QueueContract
  job: string | undefined
  part: JobPart
  reveal: boolean
}

/** A value as people read it, over several lines. */
export function presentText(value: unknown, options: PresentOptions): string {
  return showText(value, known(options))
}

/** The same on one line, for tables. */
export function presentLine(value: unknown, options: PresentOptions): string {
  return showLine(value, known(options))
}

/** The same for machines. */
export function presentJson(value: unknown, options: PresentOptions): unknown {
  return showJson(value, known(options))
}

function known({ contract, job, part, reveal }: PresentOptions): ShowOptions {
  return { ...aboutPart(contract, job, part), reveal }
}
