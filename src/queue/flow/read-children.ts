import type { Place } from '../../codec/envelope.ts'
import type { QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { codecOf } from '../contract-codec.ts'
import { openResult } from '../job/inspect-job.ts'
import type { ChildStore } from './child-store.ts'
import type { ChildFailure, ChildResult } from './handler-children.ts'

type AnyResult = ChildResult<QueueContract, string>
type AnyFailure = ChildFailure<QueueContract>

/** The results of a job's children, from the texts that are kept beside their parent. */
export async function readResults(store: ChildStore, contract: QueueContract, name: string): Promise<AnyResult[]> {
  const entry = contract.entries.get(name)
  if (!entry) throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job`, { job: name })
  const codec = codecOf(contract)
  const results: AnyResult[] = []
  for (const { id, name: of, text } of await store.completed(contract.name)) {
    // What names no job may be of any: the codec and the schema then say what is wrong with it.
    if (of === undefined || of === name) results.push({ id, result: (await openResult(codec, entry, text)).value })
  }
  return results
}

/** The errors of a job's children that failed: encoded while the children exist, else only messages. */
export async function readFailures(store: ChildStore, contract: QueueContract): Promise<AnyFailure[]> {
  const failed = await store.failed(contract.name)
  return failed.map(({ id, name, encoded, reason }) => {
    const known = name === undefined ? undefined : contract.entries.get(name)
    return { id, name: known?.name, error: readError(contract, known?.name, encoded, reason) }
  })
}

/** What a child failed with, as far as it can be told. */
function readError(
  contract: QueueContract,
  job: string | undefined,
  encoded: string | undefined,
  reason: string,
): unknown {
  const places: Place[] = [{ kind: 'error', job }, { kind: 'error' }]
  for (const place of encoded === undefined ? [] : places) {
    try {
      return codecOf(contract).decode(String(encoded), place).value
    } catch {
      // What cannot be read is told by its message alone.
    }
  }
  return new BrineError('JOB_FAILED', reason, { job })
}
