import type { FlowProducerOptions as BullOptions, JobNode } from 'bullmq'
import { readBoundedFields } from '../bullmq/bounded-read.ts'
import { openFlow } from '../bullmq/flow.ts'
import { checkUse } from '../check-use.ts'
import { type ConnectionInput, openConnection } from '../connection/connection.ts'
import { createSender } from '../connection/sender.ts'
import type { QueueContract } from '../contract/contract.ts'
import { disposable, type Undisposed } from '../disposable.ts'
import type { AnyEnqueueMiddleware, UntypedEnqueueMiddleware } from '../enqueue/enqueue-middleware.ts'
import { enqueuedAs } from '../enqueue/prepare.ts'
import { BrineError } from '../errors.ts'
import { bindFlows, type FoundJob, parentToken } from '../flow/bind-flow.ts'
import { flowThroughMiddlewares } from '../flow/flow-middleware.ts'
import type { AnyNode, FlowTree, TreesOf } from '../flow/flow-node.ts'
import { type FlowPart, type PreparedFlows, prepareFlows } from '../flow/prepare-flow.ts'
import { refuseTaken } from '../flow/refuse-taken.ts'
import { checkOptions } from '../options.ts'
import { type OpenProducer, openProducer } from './producer.ts'

/** Options of `createFlowProducer`; `telemetry` is BullMQ's own. */
export interface FlowProducerOptions extends Pick<BullOptions, 'telemetry'> {
  /** Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of every queue. Default each contract's own. */
  prefix?: string | undefined
  /** How long an `add` may take, in milliseconds, before it fails with REDIS_UNREACHABLE. Default 5,000. */
  enqueueTimeoutMs?: number | undefined
  /** Told of each job of each flow before it is sent, and after, as by a producer; the first is the outermost. Default none. */
  use?: readonly AnyEnqueueMiddleware[] | undefined
}

/** Adds flows to the queues of any contracts. Made by `createFlowProducer`. */
export interface FlowProducer extends AsyncDisposable {
  /**
   * Adds a tree of jobs, all of them or none, and gives their handles in the same shape. A parent runs when its children have
   * ended. Throws what `enqueue` does; paths name the place in the tree, such as `$.children[1].payload.person`.
   */
  add<const F extends AnyNode>(flow: F): Promise<FlowTree<F>>
  /** Adds many trees in one round trip, all of them or none. Errors name the tree: `$[2].children[0].payload`. */
  addBulk<const Flows extends readonly AnyNode[]>(flows: Flows): Promise<TreesOf<Flows>>
  /** Ends what waits for results, with CLOSED, and hangs up. Jobs go on. */
  close(): Promise<void>
}

const knownOptions = ['connection', 'prefix', 'enqueueTimeoutMs', 'telemetry', 'use']
const defaultTimeoutMs = 5_000

/**
 * Adds flows: parents that run when their children have ended, across queues and contracts.
 *
 * Throws OPTIONS_INVALID.
 *
 * @example
 * const flows = createFlowProducer({ connection: 'redis://127.0.0.1:6379' })
 * const { job } = await flows.add(
 *   node(reports, 'report', { title }, { children: [node(digests, 'digest', { file })] }),
 * )
 * const report = await job.result()
 */
export function createFlowProducer(options: FlowProducerOptions = {}): FlowProducer {
  checkOptions(options, knownOptions, 'createFlowProducer')
  const { connection: given, prefix, enqueueTimeoutMs = defaultTimeoutMs, telemetry } = options
  const use = checkUse<UntypedEnqueueMiddleware>(options.use)
  if (!Number.isFinite(enqueueTimeoutMs) || enqueueTimeoutMs <= 0) {
    throw new BrineError('OPTIONS_INVALID', 'must be milliseconds, more than 0', { path: 'enqueueTimeoutMs' })
  }
  const connection = openConnection(given, 'fail')
  const sender = createSender(connection, enqueueTimeoutMs)
  const flow = openFlow(connection, { ...(telemetry && { telemetry }), skipVersionCheck: true })
  flow.on('error', () => {
    // Errors of connections are told by what they make fail.
  })
  const producers = new Map<QueueContract, OpenProducer<QueueContract>>()
  let closing: Promise<void> | undefined

  const prefixOf = (contract: QueueContract) => prefix ?? contract.prefix ?? 'bull'

  function producerOf(contract: QueueContract): OpenProducer<QueueContract> {
    const known = producers.get(contract)
    if (known) return known
    const producer = openProducer(contract, { connection: connection.client, prefix: prefixOf(contract) })
    producers.set(contract, producer)
    return producer
  }

  /** `parts` are the jobs of the tree that are left to follow, parents before their children. */
  function follow(node: AnyNode, added: JobNode, parts: Iterator<FlowPart>): FlowTree {
    const id = String(added.job.id)
    const job = producerOf(node.contract).follow(node.name, id, enqueuedIn(parts.next().value, added))
    const children = node.children.flatMap((child, index) => {
      const there = added.children?.[index]
      return there ? [follow(child, there, parts)] : []
    })
    return { job, children }
  }

  async function addAll(flows: readonly AnyNode[], pathOf: (index: number) => string): Promise<FlowTree[]> {
    if (closing) throw closedError()
    const { flows: prepared, parts } = await prepareFlows(flows, { pathOf, nested: false, prefixOf })
    const send = () => sendAll(flows, { flows: prepared, parts }, pathOf)
    return use.length > 0 ? flowThroughMiddlewares(use, parts, send) : send()
  }

  async function find({ prefix, prepared: { queue, options, codec } }: FlowPart): Promise<FoundJob | undefined> {
    const key = `${prefix}:${queue}:${options.jobId}`
    const [name, text] = await readBoundedFields(connection.client, key, ['name', 'data'], codec.maxTextBytes)
    return name === null ? undefined : { text: text ?? undefined }
  }

  const parentOf = ({ contract, prepared }: FlowPart) => parentToken(connection.client, contract, prepared)

  async function sendAll(
    flows: readonly AnyNode[],
    { flows: prepared, parts }: PreparedFlows,
    pathOf: (index: number) => string,
  ): Promise<FlowTree[]> {
    try {
      const [first] = prepared
      if (parts.some(needsLook)) await sender.ask(() => bindFlows(parts, find, parentOf))
      await sender.ask(() => refuseTaken(connection.client, prepared, { path: pathOf }))
      // BullMQ tells of a root that has no parent only where it adds a single flow.
      const added = await sender.send(async () =>
        first && prepared.length === 1 ? [await flow.add(first)] : flow.addBulk([...prepared]),
      )
      const left = parts.values()
      return flows.flatMap((one, index) => {
        const there = added[index]
        return there ? [follow(one, there, left)] : []
      })
    } catch (error) {
      if (closing) throw closedError()
      if (error instanceof BrineError) throw error
      const remedy = error instanceof Error ? error.message : String(error)
      throw new BrineError('OPTIONS_INVALID', remedy, { cause: error })
    }
  }

  async function shutDown(): Promise<void> {
    await Promise.all([...producers.values()].map(({ producer }) => producer.close()))
    const ended = flow.close()
    await connection.close()
    await ended.catch(() => {})
  }

  // The types of names, payloads and results are those of the nodes, which were checked where they were made.
  return disposable<FlowProducer>({
    async add(one: AnyNode) {
      const [tree] = await addAll([one], () => '$')
      return tree
    },
    addBulk: (all: readonly AnyNode[]) => addAll(all, (index) => `$[${index}]`),
    close() {
      closing ??= shutDown()
      return closing
    },
  } as Undisposed<FlowProducer>)
}

function needsLook({ prepared: { given, options } }: FlowPart): boolean {
  return given === true || options.parent !== undefined
}

function enqueuedIn(part: FlowPart | undefined, { job }: JobNode) {
  return part && enqueuedAs(part.prepared, part.found === undefined && job.id === part.prepared.options.jobId)
}

function closedError(): BrineError {
  return new BrineError('CLOSED', 'the flow producer is closed; make another')
}
