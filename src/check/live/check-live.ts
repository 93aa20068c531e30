import { readHead } from '../../codec/text-head.ts'
import { findJob, type QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import type { Connection } from '../../queue/connection/connection.ts'
import { codecOf } from '../../queue/contract-codec.ts'
import { examineHash, examineText } from '../../queue/quarantine/examine.ts'
import { templateIdOf } from '../../queue/schedule/stored-schedules.ts'
import { LiveGroups, type LivePlace, type LiveQueue, type LiveReport } from './live-report.ts'
import { longestText, type PileOfJobs, type PlaceOfJobs, pileOf, runnable } from './piles.ts'
import { fieldOf, readHashes, type StoredHash } from './read-hashes.ts'
import { idsIn, sizeOf } from './walk.ts'

export interface CheckLiveOptions {
  connection: Pick<Connection, 'client'>
  /** Before every key of the queue. Default the contract's. */
  prefixOf?: (contract: QueueContract) => string | undefined
  /** Look at about so many jobs of each queue at most, drawn from all over it. Default all. */
  sample?: number | undefined
  /** Told how far it has come. */
  progress?: (done: number, of: number) => void
}

// What a worker looks at before it runs a job.
const fields = [
  ...['name', 'data', 'opts', 'timestamp', 'parent', 'parentKey'],
  ...['atm', 'ats', 'stc', 'delay', 'priority'],
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
    const places: Partial<Record<PlaceOfJobs, LivePlace>> = {}
    for (const [at, pile] of piles.entries()) {
      const jobs = sizes[at] ?? 0
      const counted = { examined: 0, wouldFail: 0 }
      const most = sample === undefined ? undefined : (shares[index]?.[at] ?? 0)
      for await (const ids of idsIn(client, pile, most)) {
        for await (const hash of hashesOf(client, contract, pile, ids)) {
          counted.examined += 1
          if (await examineOne(contract, prefixOf(contract), pile, hash, groups)) counted.wouldFail += 1
        }
        done += ids.length
        progress?.(Math.min(done, total), total)
      }
      if (jobs > 0 || counted.examined > 0) places[pile.place] = { jobs, ...counted }
    }
    const of = Object.values(places)
    const examined = sum(of.map((one) => one.examined))
    const wouldFail = sum(of.map((one) => one.wouldFail))
    queues.push({ queue: contract.name, examined, wouldFail, places, groups: groups.all })
  }
  const wouldFail = sum(queues.map((queue) => queue.wouldFail))
  const sampled = total < sum(all.flatMap(({ sizes }) => sizes))
  return { safe: wouldFail === 0, examined: sum(queues.map((queue) => queue.examined)), wouldFail, sampled, queues }
}

async function* hashesOf(
  client: Connection['client'],
  contract: QueueContract,
  pile: PileOfJobs,
  ids: readonly string[],
) {
  const keys = ids.map((id) => pile.toKey(id))
  const idOf = new Map(keys.map((key, at) => [key, ids[at] ?? '']))
  for await (const hash of readHashes(client, keys, fields, longestText(contract))) {
    yield { ...hash, id: idOf.get(hash.key) ?? '' }
  }
}

/** Whether it would be refused. */
async function examineOne(
  contract: QueueContract,
  prefix: string | undefined,
  { place }: PileOfJobs,
  hash: StoredHash & { id: string },
  groups: LiveGroups,
): Promise<boolean> {
  const { id, tooLong } = hash
  const name = fieldOf(hash, 'name') ?? ''
  const text = fieldOf(hash, 'data')
  const head = readHead(text ?? '')
  const refusal = tooLong
    ? new BrineError(
        'LIMIT_EXCEEDED',
        `its ${tooLong.field} has ${tooLong.bytes} bytes, more than the limits let anyone read`,
      )
    : await refusalOf(contract, prefix, place, { id, name, text, flat: hash.flat })
  if (!refusal) return false
  const { code, path, message: reason } = refusal
  groups.add({ code, path, reason, job: name, version: head?.version }, id)
  return true
}

async function refusalOf(
  contract: QueueContract,
  prefix: string | undefined,
  place: PlaceOfJobs,
  { id, name, text, flat }: { id: string; name: string; text: string | undefined; flat: string[] },
): Promise<BrineError | undefined> {
  const codec = codecOf(contract, prefix)
  const job = findJob(contract, name)?.name ?? name.slice(0, 100)
  try {
    // A template of BullMQ's own that has no data makes jobs that have none.
    if (place === 'schedules')
      return await examineText(contract, codec, { id: templateIdOf(id), name, job, text: text ?? '{}' })
    return await examineHash(contract, codec, { id, job, flat })
  } catch (error) {
    return new BrineError('VALUE_INVALID', 'its schema or model threw: see the cause', { job, cause: error })
  }
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
