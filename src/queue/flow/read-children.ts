import { findJob, type QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { codecOf } from '../contract-codec.ts'
import { openResult } from '../job/inspect-job.ts'
import { readFailure } from '../job/read-failure.ts'
import type { ChildStore } from './child-store.ts'
import type { ChildFailure, ChildResult } from './handler-children.ts'

type AnyResult = ChildResult<QueueContract, string>
type AnyFailure = ChildFailure<QueueContract>

/** The results of a job's children, from the texts that are kept beside their parent. */
export async function readResults(store: ChildStore, contract: QueueContract, name: string): Promise<AnyResult[]> {
  const entry = contract.entries.get(name)
  if (!entry) throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job`, { job: name })
  const results: AnyResult[] = []
  for (const { id, prefix, name: of, text } of ofContract(store, contract, await store.completed(contract.name))) {
    // What names no job may be of any: the codec and the schema then say what is wrong with it.
    if (of !== undefined && of !== name && !entry.aliases.includes(of)) continue
    const codec = codecOf(contract, prefix)
    results.push({ id, result: (await openResult(codec, entry, text, id)).value })
  }
  return results
}

/** The errors of a job's children that failed: encoded while the children exist, else only messages. */
export async function readFailures(store: ChildStore, contract: QueueContract): Promise<AnyFailure[]> {
  const failed = ofContract(store, contract, await store.failed(contract.name))
  return failed.map(({ id, prefix, name, encoded, reason }) => {
    const known = name === undefined ? undefined : findJob(contract, name)
    const codec = codecOf(contract, prefix)
    return {
      id,
      name: known?.current,
      error: readFailure(codec, { name: known?.name, aliases: known?.aliases }, id, { reason, encoded }),
    }
  })
}

// Another queue may have the same name under another prefix. A contract's children are under its own; or under their parent's,
// where whoever added the flow gave one prefix to all of it.
function ofContract<T extends { prefix: string }>(store: ChildStore, contract: QueueContract, children: T[]): T[] {
  const under = (prefix: string) => children.filter((child) => child.prefix === prefix)
  const own = under(contract.prefix ?? store.prefix)
  return own.length > 0 ? own : under(store.prefix)
}
