import type { Connection } from '../../connection/connection.ts'
import type { QueueContract } from '../../contract/contract.ts'
import { codecOf } from '../../job/contract-codec.ts'
import { type Holder, readNext } from './child-results.ts'
import { refusedChildren } from './examine-children.ts'
import { examineLive } from './examine-live.ts'
import { type PileOfJobs, pileOf, runnable } from './job-sets.ts'
import {
  LiveGroups,
  type LivePlace,
  type LiveQueue,
  type LiveRefusal,
  type LiveReport,
  type PlaceInReport,
} from './live-report.ts'
import { fieldOf, readHashes } from './read-hashes.ts'
import { idsIn, sizeOf } from './scan-ids.ts'

export interface CheckLiveOptions {
  connection: Pick<Connection, 'client'>
  /** Before every key of the queue. Default the contract's. */
  prefixOf?: (contract: QueueContract) => string | undefined
  /** Look at about so many jobs of each queue at most, drawn from all over it. Default all. */
  sample?: number | undefined
  /** Told how far it has come. */
  progress?: (done: number, of: number) => void
}

// What a worker looks at before it runs a job, and by what it holds a deduplication.
const fields = [
  ...['name', 'data', 'opts', 'timestamp', 'parent', 'parentKey', 'rjk'],
  ...['atm', 'ats', 'stc', 'delay', 'priority', 'deid'],
]

/**
 * Opens, decodes, raises and validates every job in Redis that a worker may come to run, with the code, contracts and keys of
 * this build, and says how many it would refuse. Nothing is run but what decodes and validates, and nothing is changed.
 *
 * It reads in pages: its memory does not grow with the number of jobs. Rejects with what Redis says.
 */
export async function checkLive(
  contracts: readonly QueueContract[],
  { connection: { client }, prefixOf = ({ prefix }) => prefix, sample, progress }: CheckLiveOptions,
): Promise<LiveReport> {
  const all = await Promise.all(
    contracts.map(async (contract) => {
      const piles = runnable.map((place) => pileOf(contract, prefixOf(contract), place))
      return { contract, piles, sizes: await Promise.all(piles.map((pile) => sizeOf(client, pile))) }
    }),
  )
  const shares = all.map(({ sizes }) => sharesOf(sizes, sample))
  const total = sum(shares.flat())
  let done = 0
  const queues: LiveQueue[] = []
  for (const [index, { contract, piles, sizes }] of all.entries()) {
    const groups = new LiveGroups()
    const places: Partial<Record<PlaceInReport, LivePlace>> = {}
    const next = { examined: 0, wouldFail: 0 }
    const page = { client, contracts, contract, prefixOf, groups }
    for (const [at, pile] of piles.entries()) {
      const jobs = sizes[at] ?? 0
      const counted = { examined: 0, wouldFail: 0 }
      const most = sample === undefined ? undefined : (shares[index]?.[at] ?? 0)
      for await (const ids of idsIn(client, pile, most)) {
        const holders = await examineJobs(page, pile, ids, counted)
        await examineNext(page, holders, next)
        done += ids.length
        progress?.(Math.min(done, total), total)
      }
      if (jobs > 0 || counted.examined > 0) places[pile.place] = { jobs, ...counted }
    }
    if (next.examined > 0) places.deduplicated = { ...next, jobs: next.examined }
    const of = Object.values(places)
    const examined = sum(of.map((one) => one.examined))
    const wouldFail = sum(of.map((one) => one.wouldFail))
    queues.push({ queue: contract.name, examined, wouldFail, places, groups: groups.all })
  }
  const wouldFail = sum(queues.map((queue) => queue.wouldFail))
  const sampled = total < sum(all.flatMap(({ sizes }) => sizes))
  return { safe: wouldFail === 0, examined: sum(queues.map((queue) => queue.examined)), wouldFail, sampled, queues }
}

interface Page {
  client: Connection['client']
  contracts: readonly QueueContract[]
  contract: QueueContract
  prefixOf: (contract: QueueContract) => string | undefined
  groups: LiveGroups
}

/** Examines some jobs, what their children gave included, and gives those that hold a deduplication. */
async function examineJobs(
  { client, contracts, contract, prefixOf, groups }: Page,
  { place, toKey }: PileOfJobs,
  ids: readonly string[],
  counted: Counted,
): Promise<Holder[]> {
  const idOf = new Map(ids.map((id) => [toKey(id), id]))
  const runs = new Map<string, string>()
  const holders: Holder[] = []
  const refuse = (refusal: LiveRefusal, id: string) => {
    groups.add(refusal, id)
    counted.wouldFail += 1
  }
  const { maxTextBytes } = codecOf(contract, prefixOf(contract))
  for await (const hash of readHashes(client, [...idOf.keys()], fields, maxTextBytes)) {
    const id = idOf.get(hash.key) ?? ''
    const deduplication = fieldOf(hash, 'deid')
    if (deduplication) holders.push({ id, deduplication })
    counted.examined += 1
    const refusal = await examineLive(contract, prefixOf(contract), place, { ...hash, id })
    if (refusal) refuse(refusal, id)
    else runs.set(hash.key, fieldOf(hash, 'name') ?? '')
  }
  for await (const { key, ...refusal } of refusedChildren(client, contracts, prefixOf, runs)) {
    refuse(refusal, idOf.get(key) ?? '')
  }
  return holders
}

/** Examines what is to be enqueued once those have ended that hold its deduplication. */
async function examineNext({ client, contract, prefixOf, groups }: Page, holders: readonly Holder[], counted: Counted) {
  const prefix = prefixOf(contract)
  const { maxTextBytes } = codecOf(contract, prefix)
  for await (const hash of readNext(client, { name: contract.name, prefix }, holders, maxTextBytes)) {
    const id = fieldOf(hash, 'jid') ?? ''
    counted.examined += 1
    const refusal = await examineLive(contract, prefix, 'deduplicated', { ...hash, id })
    if (!refusal) continue
    groups.add(refusal, id)
    counted.wouldFail += 1
  }
}

interface Counted {
  examined: number
  wouldFail: number
}

/** How many of each pile, when all together may be so many: of each its part, and something of each. */
function sharesOf(sizes: readonly number[], sample: number | undefined): number[] {
  const all = sum(sizes)
  if (sample === undefined || all <= sample) return [...sizes]
  return sizes.map((size) => Math.min(size, Math.ceil((size / all) * sample)))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
