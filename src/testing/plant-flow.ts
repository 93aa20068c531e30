import type { FlowJob } from 'bullmq'
import type { QueueContract } from '../contract/contract.ts'
import { checkJobOptions } from '../contract/job-options.ts'
import { BrineError } from '../errors.ts'
import { StoredText } from '../queue/bullmq/stored-text.ts'
import type { AnyNode, FlowTree } from '../queue/flow/flow-node.ts'
import { prepareFlow } from '../queue/flow/prepare-flow.ts'
import { adopt } from './family.ts'
import type { Household, Member } from './household.ts'
import type { MemoryJob } from './memory-queue.ts'

/** Adds trees of jobs to the queues of a household, all of them or none; `parent` is the job that holds them, if one does. */
export async function plantFlows(
  household: Household,
  nodes: readonly AnyNode[],
  pathOf: (index: number) => string,
  parent?: { member: Member; job: MemoryJob },
): Promise<FlowTree[]> {
  const prefixOf = ({ prefix = 'bull' }: QueueContract) => prefix
  const prepared: [AnyNode, FlowJob][] = []
  for (const [index, node] of nodes.entries()) {
    mustKnow(household, node)
    prepared.push([node, await prepareFlow(node, prefixOf, { path: pathOf(index), nested: parent !== undefined })])
  }
  return prepared.map(([node, flow]) => plant(household, node, flow, parent))
}

function plant(
  household: Household,
  node: AnyNode,
  flow: FlowJob,
  parent: { member: Member; job: MemoryJob } | undefined,
): FlowTree {
  const member = memberOf(household, node.contract)
  const entry = member.contract.entries.get(node.name)
  const { jobId = '', ...options } = checkJobOptions(flow.opts ?? {}, { code: 'OPTIONS_INVALID', job: node.name })
  if (!entry || !(flow.data instanceof StoredText)) throw unknownQueue(node.contract)
  const job = { job: entry, text: flow.data.text, payload: node.payload, options: { ...options, jobId } }
  const { id, added } = member.queue.add(job, { holds: node.children.length > 0 })
  const stored = added ?? member.queue.get(id)
  if (parent && stored) adopt({ queue: parent.member.queue, job: parent.job }, node.contract, stored)
  const children = node.children.flatMap((child, index) => {
    const prepared = flow.children?.[index]
    return prepared && stored ? [plant(household, child, prepared, { member, job: stored })] : []
  })
  return { job: member.handle(node.name, id), children }
}

function mustKnow(household: Household, { contract, children }: AnyNode): void {
  memberOf(household, contract)
  for (const child of children) mustKnow(household, child)
}

function memberOf(household: Household, contract: QueueContract): Member {
  const member = household.find(contract)
  if (member) return member
  throw unknownQueue(contract)
}

function unknownQueue({ name }: QueueContract): BrineError {
  const remedy = `there is no inline of the queue '${name}' here: give it to createInlineFlows`
  return new BrineError('OPTIONS_INVALID', remedy)
}
