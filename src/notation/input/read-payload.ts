import type { ContractJob, QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { readInput } from './read-input.ts'

// Whoever wrote it wants to hear of all that is wrong in it.
const mostIssues = 20

/**
 * A job's payload from JSON, validated by its contract, as what people write and send has to be. In a box: see Opened. Rejects with
 * PAYLOAD_INVALID, FIELDS_INVALID and MODEL_THREW, which name the job and the paths.
 */
export async function readPayload(
  json: unknown,
  { models, jobs, printedNames }: QueueContract,
  { current, payload: validator }: ContractJob,
): Promise<{ payload: unknown }> {
  try {
    const payload = readInput(json, jobs[current]?.payload, models, printedNames())
    await validator.checkInput(payload, { code: 'PAYLOAD_INVALID', job: current, most: mostIssues })
    return { payload }
  } catch (error) {
    throw error instanceof BrineError ? error.relocated({ job: current }) : error
  }
}
