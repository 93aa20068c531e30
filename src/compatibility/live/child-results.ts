import { QueueKeys } from 'bullmq'
import type { Cluster, Redis } from 'ioredis'
import { keptErrorField } from '../../bullmq/job-fields.ts'
import type { QueueContract } from '../../contract/contract.ts'
import { readHashes, type StoredHash } from './read-hashes.ts'

type Client = Redis | Cluster

/** A job that a page showed, and the deduplication that it holds. */
export interface Holder {
  readonly id: string
  readonly deduplication: string
}

const atOnce = 20

/** What BullMQ keeps of a job, to be enqueued once the one is over that holds its deduplication: `keepLastIfActive`. */
export async function* readNext(
  client: Client,
  { name, prefix }: { name: string; prefix: string | undefined },
  holders: readonly Holder[],
  longest: number,
): AsyncGenerator<StoredHash, void> {
  if (holders.length === 0) return
  const keyOf = (key: string) => new QueueKeys(prefix).toKey(name, key)
  const asked = client.pipeline()
  for (const { deduplication } of holders) asked.get(keyOf(`de:${deduplication}`))
  const holding = await asked.exec()
  // Those that ended may still name a deduplication that another holds now.
  const current = holders.filter(({ id }, at) => holding?.[at]?.[1] === id)
  const keys = current.map(({ deduplication }) => keyOf(`dn:${deduplication}`))
  yield* readHashes(client, keys, ['name', 'data', 'opts', 'jid'], longest)
}

/** A text that is kept beside a parent of a child. */
export interface ChildText {
  /** The keys of both. */
  readonly parent: string
  readonly child: string
  readonly kind: 'result' | 'error'
  readonly text: string
}

/** The results and errors of children that their parents, by their keys, are to read. */
export async function* readChildTexts(client: Client, parents: readonly string[]): AsyncGenerator<ChildText, void> {
  const asked = client.pipeline()
  for (const key of parents) asked.exists(`${key}:processed`).exists(`${key}:failed`)
  const there = await asked.exec()
  for (const [at, parent] of parents.entries()) {
    if (there?.[2 * at]?.[1] === 1) {
      for await (const [child, text] of fieldsOf(client, `${parent}:processed`, '*')) {
        yield { parent, child, kind: 'result', text }
      }
    }
    if (there?.[2 * at + 1]?.[1] === 1) {
      for await (const [field, kept] of fieldsOf(client, parent, `${keptErrorField}*`)) {
        yield {
          parent,
          child: field.slice(keptErrorField.length),
          kind: 'error',
          text: kept.slice(kept.indexOf('\n') + 1),
        }
      }
    }
  }
}

/** Which contract a job's key is of, and its id. */
export function ownerOf(
  contracts: readonly QueueContract[],
  prefixOf: (contract: QueueContract) => string | undefined,
  key: string,
): { contract: QueueContract; id: string } | undefined {
  const end = key.lastIndexOf(':') + 1
  const contract = contracts.find((one) => new QueueKeys(prefixOf(one)).toKey(one.name, '') === key.slice(0, end))
  return contract && { contract, id: key.slice(end) }
}

async function* fieldsOf(client: Client, key: string, pattern: string): AsyncGenerator<[string, string], void> {
  let cursor = '0'
  do {
    const [next, found] = await client.hscan(key, cursor, 'MATCH', pattern, 'COUNT', atOnce)
    for (let at = 0; at < found.length; at += 2) yield [found[at] ?? '', found[at + 1] ?? '']
    cursor = next
  } while (cursor !== '0')
}
