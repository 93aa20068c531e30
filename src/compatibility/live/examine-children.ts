import type { Cluster, Redis } from 'ioredis'
import { jobInText } from '../../codec/job-in-text.ts'
import { readHead } from '../../codec/text-head.ts'
import { findJob, type QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { codecOf } from '../../job/contract-codec.ts'
import { openResult } from '../../job/inspect-job.ts'
import { ownerOf, readChildTexts } from './child-results.ts'
import type { LiveRefusal } from './live-report.ts'

/**
 * The parents among some jobs, names by keys, whose handlers could not read what a child of theirs gave, each with the first such
 * refusal.
 */
export async function* refusedChildren(
  client: Redis | Cluster,
  contracts: readonly QueueContract[],
  prefixOf: (contract: QueueContract) => string | undefined,
  jobs: ReadonlyMap<string, string>,
): AsyncGenerator<LiveRefusal & { key: string }, void> {
  const told = new Set<string>()
  for await (const { parent, child, kind, text } of readChildTexts(client, [...jobs.keys()])) {
    const owner = kind === 'result' && !told.has(parent) ? ownerOf(contracts, prefixOf, child) : undefined
    const name = jobInText(text)
    // Handlers ask for the results of jobs that their contracts know.
    const entry = owner && name !== undefined ? findJob(owner.contract, name) : undefined
    if (!owner || !entry) continue
    try {
      await openResult(codecOf(owner.contract, prefixOf(owner.contract)), entry, text, owner.id)
    } catch (cause) {
      told.add(parent)
      const { code, path, message } =
        cause instanceof BrineError
          ? cause
          : new BrineError('VALUE_INVALID', 'its schema threw: see the cause', { cause })
      const reason = `the result of its child ${owner.id}: ${message}`
      yield { key: parent, code, path, reason, job: jobs.get(parent) ?? '', version: readHead(text)?.version }
    }
  }
}
