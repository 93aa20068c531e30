import type { EnvelopeCodec } from '../codec/envelope.ts'
import { type ContractJob, findJob, type QueueContract } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { codecOf } from '../job/contract-codec.ts'
import { openResult } from '../job/inspect-job.ts'
import { openFailure } from '../job/read-failure.ts'
import { root } from '../path.ts'
import type { Bond } from '../seal/bond.ts'
import type { ChildStore } from './child-store.ts'
import type { ChildFailure, ChildResult } from './handler-children.ts'

type AnyResult = ChildResult<QueueContract, string>
type AnyFailure = ChildFailure<QueueContract>

/** The results of a job's children, from the texts that are kept beside their parent. */
export async function readResults(store: ChildStore, contract: QueueContract, name: string): Promise<AnyResult[]> {
  const entry = contract.entries.get(name)
  if (!entry) throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job`, { job: name })
  const bond = bondOf(store)
  const results: AnyResult[] = []
  for (const { id, prefix, name: of, text } of ofContract(store, contract, await store.completed(contract.name))) {
    // What names no job may be of any: the codec and the schema then say what is wrong with it.
    if (of !== undefined && of !== name && !entry.aliases.includes(of)) continue
    results.push({ id, result: await readResult(entry, text, { id, codec: codecOf(contract, prefix) }, bond) })
  }
  return results
}

/** What another parent's child gave, or another job, is no result of this one's: then there are none. */
async function readResult(
  entry: ContractJob,
  text: string,
  { id, codec }: { id: string; codec: EnvelopeCodec },
  bond: Bond | undefined,
): Promise<unknown> {
  try {
    return (await openResult(codec, entry, text, id, bond)).value
  } catch (error) {
    throw error instanceof BrineError && error.code === 'SEAL_INVALID' ? notAChild(id, entry.name) : error
  }
}

/** The errors of a job's children that failed: encoded while the children exist, else only messages. */
export async function readFailures(store: ChildStore, contract: QueueContract): Promise<AnyFailure[]> {
  const bond = bondOf(store)
  const failed = ofContract(store, contract, await store.failed(contract.name))
  return failed.map(({ id, prefix, name, encoded, reason }) => {
    const known = name === undefined ? undefined : findJob(contract, name)
    const codec = codecOf(contract, prefix)
    const job = { name: known?.name, aliases: known?.aliases }
    const opened = encoded === undefined ? undefined : openFailure(codec, job, id, encoded, bond)
    return { id, name: known?.current, error: opened ? opened.value : unopened() }

    function unopened(): BrineError {
      if (!codec.sealed) return new BrineError('JOB_FAILED', reason, { job: known?.name })
      if (encoded !== undefined) return notAChild(id, known?.name)
      // BullMQ's message is not sealed.
      return new BrineError('JOB_FAILED', 'the child failed, and its error is gone', { job: known?.name })
    }
  })
}

function bondOf({ token }: ChildStore): Bond | undefined {
  return token === undefined ? undefined : { parent: token }
}

function notAChild(id: string, job: string | undefined): BrineError {
  const remedy = `what is stored of the child ${id} was not sealed for a child of this job: somebody put it there, or the child was added before its parent`
  return new BrineError('SEAL_INVALID', remedy, { job, path: root })
}

// Another queue may have the same name under another prefix. A contract's children are under its own; or under their parent's,
// where whoever added the flow gave one prefix to all of it.
function ofContract<T extends { prefix: string }>(store: ChildStore, contract: QueueContract, children: T[]): T[] {
  const under = (prefix: string) => children.filter((child) => child.prefix === prefix)
  const own = under(contract.prefix ?? store.prefix)
  return own.length > 0 ? own : under(store.prefix)
}
