/** What a cancel found and did. */
export interface Cancelled {
  /**
   * Of the job itself. `removed`: it waited and is gone. `requested`: it runs, or a scheduler holds it; it fails as soon as its worker
   * hears of it, or when it is taken next. `ended` and `missing`: the cancel came too late, and changed nothing.
   */
  readonly state: 'removed' | 'requested' | 'ended' | 'missing'
  /** The children, at any depth, that run: their signals are aborted, and they fail as soon as their workers hear of it. */
  readonly stopping: readonly CancelledChild[]
  /** The children, at any depth, that the cancel did not stop. */
  readonly notStopped: readonly UnstoppedChild[]
}

/** A job below a cancelled one. */
export interface CancelledChild {
  /** The prefix and name of its queue. */
  readonly prefix: string
  readonly queue: string
  /** Undefined where nothing is left that tells it. */
  readonly name: string | undefined
  readonly id: string
}

export interface UnstoppedChild extends CancelledChild {
  /**
   * `completed`: it had ended, and what it did is done. `quarantined`: a worker refused it, and a replay would run it. `unreachable`: it
   * is sealed with keys that the contract of the cancelled job does not have, its seal does not name its parent, Redis refuses access
   * to its queue, or its key holds no job. If `queue` is '', `id` is what Redis lists as a child: it names no job.
   */
  readonly reason: 'completed' | 'quarantined' | 'unreachable'
}

export interface CancelOptions {
  /** Let children that run go on, with the children of theirs. Those that have not begun are removed. Default false. */
  leaveRunning?: boolean | undefined
}
