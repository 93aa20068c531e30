import type { FlowJob } from 'bullmq'
import { EncodedText } from '../bullmq/encoded-text.ts'
import { findJob, type QueueContract } from '../contract/contract.ts'
import { checkJobOptions } from '../contract/job-options.ts'
import type { UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { enqueuedAs } from '../enqueue/prepare.ts'
import { BrineError } from '../errors.ts'
import { bindFlows, type FoundJob } from '../flow/bind-flow.ts'
import { flowThroughMiddlewares } from '../flow/flow-middleware.ts'
import type { AnyNode, FlowTree } from '../flow/flow-node.ts'
import { type FlowPart, prepareFlows } from '../flow/prepare-flow.ts'
import { type MemoryJob, tokenIn } from './memory-job.ts'
import { adopt } from './parent-link.ts'
import { keyOf, type Member, type QueueGroup } from './queue-group.ts'

interface Parent {
  member: Member
  job: MemoryJob
}

/** Adds trees of jobs to the queues of a household, all of them or none, and tells `use` of each job before. */
export async function plantFlows(
  household: QueueGroup,
  nodes: readonly AnyNode[],
  { use, pathOf }: { use: readonly UntypedEnqueueMiddleware[]; pathOf: (index: number) => string },
): Promise<FlowTree[]> {
  const prefixOf = ({ prefix = 'bull' }: QueueContract) => prefix
  const { flows: prepared, parts } = await prepareFlows(nodes, { pathOf, nested: false, prefixOf })
  for (const flow of prepared) mustKnow(household, flow)
  const keyOfPart = ({ prefix, prepared: { queue } }: FlowPart) => `${prefix}:${queue}`
  const find = async (part: FlowPart): Promise<FoundJob | undefined> => {
    const { queue } = household.find(keyOfPart(part)) ?? {}
    return queue?.get(part.prepared.options.jobId)
  }
  const parentOf = async ({ prepared: { options } }: FlowPart) => {
    const { contract, queue } = (options.parent && household.find(options.parent.queue)) ?? {}
    const job = queue?.get(options.parent?.id ?? '')
    return contract && job && tokenIn(job, contract)
  }
  const send = async () => {
    await bindFlows(parts, find, parentOf)
    return plant(household, prepared, { parts: parts.values() })
  }
  return use.length > 0 ? flowThroughMiddlewares(use, parts, send) : send()
}

interface Planted {
  /** The job that holds the trees, if one does. */
  parent?: Parent
  /** Their jobs, parents before their children, where somebody follows them. */
  parts?: Iterator<FlowPart>
}

/** The same of prepared trees. */
export async function plant(
  household: QueueGroup,
  flows: readonly FlowJob[],
  { parent, parts }: Planted,
): Promise<FlowTree[]> {
  for (const flow of flows) mustKnow(household, flow)
  const planted: Parent[] = []
  const trees = flows.map((flow) => plantOne(household, flow, { parent, planted, parts }))
  for (const { member, job } of planted) await member.planted?.(job)
  return trees
}

interface Planting {
  parent: Parent | undefined
  /** What is new. */
  planted: Parent[]
  parts: Iterator<FlowPart> | undefined
}

function plantOne(household: QueueGroup, flow: FlowJob, { parent, planted, parts }: Planting): FlowTree {
  const part: FlowPart | undefined = parts?.next().value
  const member = memberOf(household, flow)
  const { name, opts = {}, data, children = [] } = flow
  const entry = findJob(member.contract, name)
  const { jobId = '', ...own } = checkJobOptions(opts, { code: 'OPTIONS_INVALID', job: name })
  if (!entry || !(data instanceof EncodedText)) throw unknownQueue(flow)
  const options = parent ? { ...own, parent: { id: parent.job.id, queue: keyOf(parent.member.contract) } } : own
  const { queueName: queue } = flow
  const prepared = {
    queue,
    job: entry,
    text: data.text,
    options: { ...options, jobId },
  }
  const { id, added } = member.queue.add(prepared, { holds: children.length > 0 })
  if (added) planted.push({ member, job: added })
  const job = added ?? member.queue.get(id)
  if (parent && job)
    adopt({ queue: parent.member.queue, job: parent.job }, member.contract, { queue: member.queue, job })
  const below = job
    ? children.map((child) => plantOne(household, child, { parent: { member, job }, planted, parts }))
    : []
  const enqueued = part && enqueuedAs(part.prepared, added !== undefined)
  return { job: member.handle(name, id, enqueued), children: below }
}

function mustKnow(household: QueueGroup, flow: FlowJob): void {
  memberOf(household, flow)
  for (const child of flow.children ?? []) mustKnow(household, child)
}

function memberOf(household: QueueGroup, flow: FlowJob): Member {
  const member = household.find(`${flow.prefix ?? 'bull'}:${flow.queueName}`)
  if (member) return member
  throw unknownQueue(flow)
}

function unknownQueue({ queueName }: FlowJob): BrineError {
  const remedy = `the queue '${queueName}' is not here: give its inline to createInlineFlows, or its fake to createFakeFlows`
  return new BrineError('OPTIONS_INVALID', remedy)
}
