import type { Place } from '../../codec/envelope.ts'
import type { QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { errorField, type StoredBackend } from '../bullmq/stored-backend.ts'
import type { ChildFailure, ChildResult } from './handler-children.ts'
import { codecOf } from './prepare-flow.ts'

type AnyResult = ChildResult<QueueContract, string>
type AnyFailure = ChildFailure<QueueContract>

/** The results of a job's children, from the texts that BullMQ keeps beside their parent. */
export async function readResults(
  commands: StoredBackend,
  parentId: string,
  contract: QueueContract,
  name: string,
): Promise<AnyResult[]> {
  const entry = contract.entries.get(name)
  if (!entry) throw new BrineError('JOB_UNKNOWN', `the queue '${contract.name}' has no such job`, { job: name })
  const codec = codecOf(contract)
  const results: AnyResult[] = []
  for (const [key, text] of Object.entries(await commands.getProcessedChildrenValues(parentId))) {
    const { queueName, id } = commands.parseNodeKey(key)
    if (queueName !== contract.name || !mayBeOf(text, name)) continue
    const { value } = codec.decode(text, { kind: 'result', job: name, version: entry.version })
    const read = await entry.result?.readOutput(value, { code: 'RESULT_INVALID', job: name })
    results.push({ id, result: (read ?? { value }).value })
  }
  return results
}

// What names no job may be of any: the codec then says what is wrong with it.
function mayBeOf(text: string, name: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text)
    const job: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'job') : undefined
    return typeof job !== 'string' || job === name
  } catch {
    return true
  }
}

/** The errors of a job's children that failed: encoded in the children's hashes while these exist, else only messages. */
export async function readFailures(
  commands: StoredBackend,
  parentId: string,
  contract: QueueContract,
): Promise<AnyFailure[]> {
  const client = await commands.client
  const failed = Object.entries(await commands.getIgnoredChildrenFailures(parentId))
  const ours = failed.map(([key, reason]) => ({ key, reason, ...commands.parseNodeKey(key) }))
  return Promise.all(
    ours
      .filter(({ queueName }) => queueName === contract.name)
      .map(async ({ key, reason, id }) => {
        const [name, encoded] = await client.hmget(key, 'name', errorField)
        const known = typeof name === 'string' ? contract.entries.get(name) : undefined
        return { id, name: known?.name, error: readError(contract, known?.name, encoded, reason) }
      }),
  )
}

/** What a child failed with, as far as it can be told. */
export function readError(
  contract: QueueContract,
  job: string | undefined,
  encoded: string | null | undefined,
  reason: string,
): unknown {
  const places: Place[] = [{ kind: 'error', job }, { kind: 'error' }]
  for (const place of encoded ? places : []) {
    try {
      return codecOf(contract).decode(String(encoded), place).value
    } catch {
      // What cannot be read is told by its message alone.
    }
  }
  return new BrineError('JOB_FAILED', reason, { job })
}
