import type { JobNames, QueueContract, ResultOutput } from '../contract/contract.ts'
import type { AnyNode } from './flow-node.ts'

/** A child that completed. */
export interface ChildResult<C extends QueueContract, N extends JobNames<C>> {
  readonly id: string
  /** Decoded to its classes. Each call gives copies of its own. */
  readonly result: ResultOutput<C, N>
}

/** A child that failed, and did not keep its parent from running. */
export interface ChildFailure<C extends QueueContract> {
  readonly id: string
  /** Undefined when nothing is left of the child but that it failed. */
  readonly name: JobNames<C> | undefined
  /** What its handler threw, as its class; JOB_FAILED with the message where the error is not to be had any more. */
  readonly error: unknown
}

/** How many children there are, by BullMQ's own names. */
export interface ChildCounts {
  /** Not ended. */
  unprocessed: number
  /** Completed. */
  processed: number
  /** Failed, with ignoreDependencyOnFailure or continueParentOnFailure. */
  ignored: number
  /** Failed, with failParentOnFailure. */
  failed: number
}

/** The children of a handler's job: those of its flow, and those that it adds itself. */
export interface HandlerChildren {
  /**
   * The results of the children of one job, in no particular order. Throws RESULT_INVALID, JOB_UNKNOWN, and the codec's
   * refusals.
   */
  results<C extends QueueContract, N extends JobNames<C>>(contract: C, name: N): Promise<ChildResult<C, N>[]>
  /**
   * The children in a contract's queue that failed with ignoreDependencyOnFailure or continueParentOnFailure. Of those with
   * removeDependencyOnFailure nothing is known here.
   */
  failures<C extends QueueContract>(contract: C): Promise<ChildFailure<C>[]>
  counts(): Promise<ChildCounts>
  /**
   * Adds children, and theirs, while the handler runs, and gives the ids of the first ones. Each call adds them, so that a
   * handler which runs again asks before it adds; `step` does. Throws what `enqueue` does.
   */
  add(nodes: readonly AnyNode[]): Promise<string[]>
  /**
   * Passes when no child is left to wait for. Else it ends the handler by what it throws, which is to be let through: the
   * job waits without a place in a worker, at no attempt's cost, and the handler runs again from its beginning when the
   * children have ended. Await it.
   */
  wait(): Promise<void>
  /**
   * Adds the children that `make` gives, once in the job's life for each `name`, and waits for them. The handler runs again
   * from its beginning, and passes the steps that are done.
   *
   * @example
   * await children.step('digest', () => files.map((file) => node(digests, 'digest', { file })))
   * const all = await children.results(digests, 'digest')
   */
  step(name: string, make: () => readonly AnyNode[] | Promise<readonly AnyNode[]>): Promise<void>
}
