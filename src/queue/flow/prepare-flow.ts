import { type FlowJob, QueueKeys } from 'bullmq'
import type { QueueContract } from '../../contract/contract.ts'
import { BrineError } from '../../errors.ts'
import { element, join, property, root } from '../../path.ts'
import { StoredText } from '../bullmq/stored-text.ts'
import { codecOf } from '../contract-codec.ts'
import { createPreparer } from '../producer/prepare.ts'
import type { AnyNode } from './flow-node.ts'

const policies = [
  'failParentOnFailure',
  'continueParentOnFailure',
  'ignoreDependencyOnFailure',
  'removeDependencyOnFailure',
] as const

/** A flow as BullMQ takes it. */
export type PreparedFlow = FlowJob & {
  readonly children?: readonly PreparedFlow[]
  /** Whether its id was given, and may be that of a job which exists. */
  given?: boolean
}

/**
 * A flow as BullMQ takes it, every job of it checked and encoded. `prefixOf` gives the prefix of a contract's keys. Throws
 * what `enqueue` does; the path says where in the flow: `$.children[1].payload.person`.
 */
export async function prepareFlow(
  flow: AnyNode,
  prefixOf: (contract: QueueContract) => string,
  place: { path: string; nested: boolean } = { path: root, nested: false },
): Promise<PreparedFlow> {
  const { contract, name, children } = flow
  const prefix = prefixOf(contract)
  const { text, options } = await prepareNode(flow, prefix, place)
  const prepared: PreparedFlow[] = []
  for (const [index, child] of children.entries()) {
    const path = element(property(place.path, 'children'), index)
    prepared.push(await prepareFlow(child, prefixOf, { path, nested: true }))
  }
  const given = flow.options?.jobId !== undefined
  const job = { name, queueName: contract.name, prefix, data: new StoredText(text), opts: options, given }
  return prepared.length > 0 ? { ...job, children: prepared } : job
}

async function prepareNode(
  { contract, name, payload, options, children }: AnyNode,
  prefix: string,
  { path, nested }: { path: string; nested: boolean },
) {
  const preparer = createPreparer(contract, codecOf(contract, prefix), new QueueKeys(prefix).getKeys(contract.name))
  try {
    const prepared = await preparer.prepare(name, payload, options)
    const refuse = (option: string, remedy: string) =>
      new BrineError('OPTIONS_INVALID', remedy, { job: name, path: `options.${option}` })
    const { opts } = { opts: prepared.options }
    const [, second] = policies.filter((policy) => opts[policy])
    if (second) throw refuse(second, `cannot stand beside another of ${policies.join(', ')}`)
    if (nested && opts.parent) throw refuse('parent', 'is the job that holds this one')
    if (opts.deduplication && (nested || children.length > 0)) {
      throw refuse('deduplication', 'is for jobs that have no parent and no children')
    }
    return prepared
  } catch (error) {
    throw error instanceof BrineError ? error.relocated({ path: within(path, error.path) }) : error
  }
}

// The paths of options begin with their name; those of payloads with `$`.
function within(path: string, inner: string | undefined): string {
  if (inner === undefined) return path
  return inner.startsWith(root) ? join(property(path, 'payload'), inner) : `${path}.${inner}`
}
