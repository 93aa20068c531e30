import { errorField } from '../../bullmq/job-fields.ts'
import { idField, keptField } from '../../bullmq/quarantine-keys.ts'
import type { EnvelopeCodec } from '../../codec/envelope.ts'
import { jobInText } from '../../codec/job-in-text.ts'
import type { Connection } from '../../connection/connection.ts'
import { findJob, type QueueContract } from '../../contract/contract.ts'
import { codecOf } from '../../job/contract-codec.ts'
import { templateIdOf } from '../../schedule/open-template.ts'
import type { StoreOptions } from '../../store/create-store.ts'
import { scanKeys } from '../../store/scan-keys.ts'
import { type Holder, ownerOf, readChildTexts, readNext } from './child-results.ts'
import { everything, pileOf } from './job-sets.ts'
import { fieldOf, readHashes } from './read-hashes.ts'
import { type Retirable, retirables } from './retirable.ts'
import { idsIn, sizeOf } from './scan-ids.ts'
import { type OpenBody, type Use, Uses } from './used.ts'

export interface FindUsesOptions {
  connection: Pick<Connection, 'client'>
  prefixOf?: (contract: QueueContract) => string | undefined
  stores?: readonly StoreOptions[] | undefined
  progress?: (done: number, of: number) => void
}

/** What is still in use in Redis, and what of the code is there only for that. */
export interface UsesReport {
  readonly examined: number
  readonly uses: readonly Use[]
  readonly retirable: readonly Retirable[]
  /** Of how many the models could not be told, for they are encrypted with another key, or damaged; then no upcaster of a model is to go. */
  readonly unread: { readonly count: number; readonly example: string | undefined }
}

const texts = ['data', 'returnvalue', 'progress', errorField]
const kept = texts.map((name) => keptField + name)
const fields = ['name', 'deid', ...texts]
const fieldsOfEntry = [idField, `${keptField}name`, ...kept]

/**
 * Looks through all jobs of some queues, those that have ended and those in quarantine too, through schedules, and through the keys
 * of stores, for the names, versions, tags, encodings and keys that their texts use. Nothing is decoded, and nothing is changed;
 * its memory does not grow with the number of jobs. Events are passed over: nobody has to read them again, and one that cannot be read
 * is told without its value.
 */
export async function findUses(
  contracts: readonly QueueContract[],
  { connection: { client }, prefixOf = ({ prefix }) => prefix, stores = [], progress }: FindUsesOptions,
): Promise<UsesReport> {
  const uses = new Uses()
  let examined = 0
  const piles = contracts.flatMap((contract) =>
    everything.map((place) => ({ contract, pile: pileOf(contract, prefixOf(contract), place) })),
  )
  const total = (await Promise.all(piles.map(({ pile }) => sizeOf(client, pile)))).reduce((sum, size) => sum + size, 0)
  for (const { contract, pile } of piles) {
    const prefix = prefixOf(contract)
    const codec = codecOf(contract, prefix)
    const isEntry = pile.place === 'quarantined'
    const longest = codec.maxTextBytes
    const { toKey } = isEntry ? pileOf(contract, prefix, 'waiting') : pile
    for await (const ids of idsIn(client, pile)) {
      const idOf = new Map(ids.map((id) => [pile.toKey(id), id]))
      const holders: Holder[] = []
      const parents = new Map<string, string>()
      for await (const hash of readHashes(client, [...idOf.keys()], isEntry ? fieldsOfEntry : fields, longest)) {
        const entry = idOf.get(hash.key) ?? ''
        const id = isEntry ? (fieldOf(hash, idField) ?? entry) : entry
        const name = fieldOf(hash, isEntry ? `${keptField}name` : 'name')
        const found = (isEntry ? kept : texts).flatMap((field) => {
          const text = fieldOf(hash, field)
          // BullMQ's own words for nothing.
          return text === undefined || text === '0' || text === '{}' || text === 'null' ? [] : [text]
        })
        // What children of a job in quarantine gave stays where it was.
        parents.set(toKey(id), entry)
        const deduplication = isEntry ? undefined : fieldOf(hash, 'deid')
        if (deduplication) holders.push({ id, deduplication })
        const place = pile.place === 'schedules' ? templateIdOf(id) : id
        const names = name === undefined ? [] : [name]
        uses.add(contract.name, entry, names, found, openerOf(contract, codec, name ?? '', place))
        examined += 1
      }
      for await (const hash of readNext(client, { name: contract.name, prefix }, holders, longest)) {
        const [id, name] = [fieldOf(hash, 'jid') ?? '', fieldOf(hash, 'name') ?? '']
        uses.add(contract.name, id, [name], [fieldOf(hash, 'data') ?? ''], openerOf(contract, codec, name, id))
      }
      for await (const { parent, child, text } of readChildTexts(client, [...parents.keys()])) {
        const owner = ownerOf(contracts, prefixOf, child)
        const open = owner
          ? openerOf(owner.contract, codecOf(owner.contract, prefixOf(owner.contract)), jobInText(text) ?? '', owner.id)
          : () => undefined
        uses.add(owner?.contract.name ?? contract.name, parents.get(parent) ?? parent, [], [text], open)
      }
      progress?.(Math.min(examined, total), total)
    }
  }
  for (const { prefix = 'brine-store:' } of stores) {
    const ask = <T>(question: (asked: Connection['client']) => Promise<T>) => question(client)
    for await (const key of scanKeys(ask, prefix)) {
      if ((await client.type(prefix + key)) !== 'string') continue
      const text = await client.get(prefix + key)
      if (text === null || !readable(text)) continue
      uses.add(undefined, prefix + key, [], [text], () => undefined)
      examined += 1
    }
  }
  const models = [...new Set([...contracts, ...stores].flatMap((one) => one.models ?? []))]
  const all = uses.all
  return { examined, uses: all, retirable: retirables(contracts, models, all), unread: uses.unread }
}

// A store's prefix may be that of others, too.
function readable(text: string): boolean {
  return text.startsWith('{"brine":')
}

function openerOf(contract: QueueContract, codec: EnvelopeCodec, name: string, id: string): OpenBody {
  const entry = findJob(contract, name)
  return (text, kind) => {
    if (kind !== 'payload' && kind !== 'result' && kind !== 'progress' && kind !== 'error') return undefined
    try {
      return codec.openBody(text, { kind, job: entry?.name ?? name, aliases: entry?.aliases, id })
    } catch {
      return undefined
    }
  }
}
