import { type FlowJob, QueueKeys } from 'bullmq'
import { EncodedText } from '../bullmq/encoded-text.ts'
import { checkContract, type QueueContract } from '../contract/contract.ts'
import { createPreparer, type Prepared } from '../enqueue/prepare.ts'
import { BrineError } from '../errors.ts'
import { codecOf } from '../job/contract-codec.ts'
import { element, join, property, root } from '../path.ts'
import type { Bond } from '../seal/bond.ts'
import { childToken, drawToken } from '../seal/tokens.ts'
import type { FoundJob } from './bind-flow.ts'
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

/** A job of a flow, for those who may add to its options before the flow is sent. */
export interface FlowPart {
  /** As it will be sent. */
  readonly prepared: Prepared
  readonly contract: QueueContract
  readonly prefix: string
  /** Undefined for a root. */
  readonly parent: FlowPart | undefined
  /** Replaces its text and options. Throws OPTIONS_INVALID for options that a job of a flow cannot have. */
  update(prepared: Prepared): void
  /** The job that has its id already: see bindFlows. */
  found?: FoundJob | undefined
}

interface FlowPlace {
  path: string
  nested: boolean
  /** The token of the parent. */
  token?: string | undefined
}

export interface PreparedFlows {
  flows: PreparedFlow[]
  /** All jobs of the flows, parents before their children. */
  parts: FlowPart[]
}

interface FlowsPlace {
  pathOf: (index: number) => string
  /** Whether their roots have a parent. */
  nested: boolean
  /** The token of their parent, if it has one. */
  token?: string | undefined
  /** Gives the prefix of a contract's keys. */
  prefixOf: (contract: QueueContract) => string
}

/**
 * Flows as BullMQ takes them, every job checked and encoded. All are encoded before anything is awaited, so that what the
 * caller changes meanwhile is not stored. Rejects with what `enqueue` throws; the path says where in the flow:
 * `$.children[1].payload.person`.
 */
export async function prepareFlows(
  nodes: readonly AnyNode[],
  { pathOf, nested, token, prefixOf }: FlowsPlace,
): Promise<PreparedFlows> {
  const begun = nodes.map((one, index) => begin(one, prefixOf, { path: pathOf(index), nested, token }))
  const all: PreparedFlows = { flows: [], parts: [] }
  for (const one of begun) all.flows.push(await finish(one, all.parts))
  return all
}

/** A node whose payload is encoded, and may still be checked. */
interface Begun {
  flow: AnyNode
  place: FlowPlace
  preparing: Promise<{ prefix: string; prepared: Prepared }>
  children: Begun[]
}

function begin(flow: AnyNode, prefixOf: FlowsPlace['prefixOf'], place: FlowPlace): Begun {
  const { contract, options } = flow
  const id = options?.jobId
  const token =
    place.token !== undefined && id !== undefined ? childToken(place.token, contract?.name, id) : drawToken()
  const preparing = prepareNode(flow, prefixOf, place, { for: token, parent: place.token })
  // The first refusal of the flow is awaited, and reported.
  preparing.catch(() => {})
  const children = flow.children.map((child, index) => {
    const path = element(property(place.path, 'children'), index)
    return begin(child, prefixOf, { path, nested: true, token: contract?.keys && token })
  })
  return { flow, place, preparing, children }
}

async function finish(
  { flow, place, preparing, children }: Begun,
  parts: FlowPart[],
  parent?: FlowPart,
): Promise<PreparedFlow> {
  const { contract, name } = flow
  const { prefix, prepared } = await preparing
  const { text, options, given = false } = prepared
  const job = { name, queueName: contract.name, prefix, data: new EncodedText(text), opts: options, given }
  const part: FlowPart & { prepared: Prepared } = {
    ...{ prepared, contract, prefix, parent },
    update(changed) {
      try {
        checkInFlow(flow, changed.options, place)
      } catch (error) {
        throw located(error, place.path)
      }
      part.prepared = changed
      Object.assign(sent, { opts: changed.options, data: new EncodedText(changed.text) })
    },
  }
  parts.push(part)
  const below: PreparedFlow[] = []
  for (const child of children) below.push(await finish(child, parts, part))
  const sent: PreparedFlow = below.length > 0 ? { ...job, children: below } : job
  return sent
}

async function prepareNode(flow: AnyNode, prefixOf: FlowsPlace['prefixOf'], place: FlowPlace, bond: Bond) {
  const { contract, name, payload, options } = flow
  checkContract(contract, property(place.path, 'contract'))
  const prefix = prefixOf(contract)
  const preparer = createPreparer(contract, codecOf(contract, prefix), new QueueKeys(prefix).getKeys(contract.name))
  try {
    const prepared = await preparer.prepare(name, payload, options, bond)
    checkInFlow(flow, prepared.options, place)
    return { prefix, prepared }
  } catch (error) {
    throw located(error, place.path)
  }
}

function checkInFlow({ name, children }: AnyNode, options: Prepared['options'], { nested }: FlowPlace): void {
  const refuse = (option: string, remedy: string) =>
    new BrineError('OPTIONS_INVALID', remedy, { job: name, path: `options.${option}` })
  const [, second] = policies.filter((policy) => options[policy])
  if (second) throw refuse(second, `cannot be combined with another of ${policies.join(', ')}`)
  if (nested && options.parent) throw refuse('parent', 'is the job that holds this one')
  if (options.deduplication && (nested || children.length > 0)) {
    throw refuse('deduplication', 'works only for jobs without parent and children')
  }
}

function located(error: unknown, path: string): unknown {
  return error instanceof BrineError ? error.relocated({ path: within(path, error.path) }) : error
}

// The paths of options begin with their name; those of payloads with `$`.
function within(path: string, inner: string | undefined): string {
  if (inner === undefined) return path
  return inner.startsWith(root) ? join(property(path, 'payload'), inner) : `${path}.${inner}`
}
