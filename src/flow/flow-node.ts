import type { JobNames, PayloadInput, QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import type { JobHandle } from '../job/job-handle.ts'

/**
 * BullMQ's options of a job in a flow, by their own names. What becomes of its parent when it fails is up to it:
 * `failParentOnFailure`, `continueParentOnFailure`, `ignoreDependencyOnFailure` or `removeDependencyOnFailure`; with none of
 * them the parent waits until the child is retried and completes.
 */
export type FlowOptions = Omit<EnqueueOptions, 'parent'>

/** A job of a flow whatever its contract, as `children` takes it. */
export interface AnyNode {
  readonly contract: QueueContract
  readonly name: string
  readonly payload: unknown
  readonly options: FlowOptions | undefined
  readonly children: readonly AnyNode[]
}

/** A job of a flow, with those that must end before it runs. Made by `node`. */
export interface FlowNode<C extends QueueContract, N extends JobNames<C>, Children extends readonly AnyNode[]>
  extends AnyNode {
  readonly contract: C
  readonly name: N
  readonly payload: PayloadInput<C, N>
  readonly children: Children
}

/** The handles on the jobs of a flow, in its own shape. */
export interface FlowTree<F extends AnyNode = AnyNode> {
  readonly job: JobHandle<F['contract'], F['name'] & JobNames<F['contract']>>
  readonly children: TreesOf<F['children']>
}

/** The trees of many nodes, each in its place. */
export type TreesOf<Nodes extends readonly AnyNode[]> = {
  -readonly [I in keyof Nodes]: FlowTree<Nodes[I]>
}

/**
 * A job for a flow, of any contract, with its children. Nothing is checked or sent before the flow is added.
 *
 * @example
 * node(reports, 'report', { title }, { children: files.map((file) => node(digests, 'digest', { file })) })
 */
export function node<
  C extends QueueContract,
  N extends JobNames<C>,
  const Children extends readonly AnyNode[] = readonly [],
>(
  contract: C,
  name: N,
  payload: PayloadInput<C, N>,
  more: { options?: FlowOptions; children?: Children } = {},
): FlowNode<C, N, NoInfer<Children>> {
  // Without children there are none, which is what Children is by default.
  const children: readonly AnyNode[] = more.children ?? []
  return { contract, name, payload, options: more.options, children: children as Children }
}
