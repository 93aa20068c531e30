import type { QueueContract } from '../../contract/contract.ts'
import type { Producer } from '../../producer/producer.ts'
import { CommandError, describeFailure } from '../command-error.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { type FoundJob, findJob } from './find-job.ts'

export interface EachJobOptions {
  queue?: string
  json?: boolean
}

/** Does something to each job of some ids, tells what became of each, and fails when one of them could not be done. */
export async function eachJob(
  session: Session,
  ids: readonly string[],
  { queue }: EachJobOptions,
  done: string,
  work: (found: FoundJob, producer: Producer<QueueContract>) => Promise<unknown>,
): Promise<ExitCode> {
  const { terminal } = session
  const outcomes: { id: string; queue?: string; done: boolean; reason?: string }[] = []
  for (const [at, id] of ids.entries()) {
    terminal.progress(at, ids.length, done)
    try {
      const found = await findJob(session, id, queue)
      if (found.job.quarantine) throw inQuarantine(id)
      await work(found, await session.producer(found.queue.contract))
      outcomes.push({ id, queue: found.queue.contract.name, done: true })
    } catch (error) {
      const { exit, message } = describeFailure(error)
      // What holds for one job does not end the others; a server that is gone does.
      if (exit !== exitCode.failed) throw error
      outcomes.push({ id, done: false, reason: message })
    }
  }
  terminal.progress(ids.length, ids.length, done)
  if (session.json) terminal.json(outcomes)
  else {
    for (const outcome of outcomes) {
      if (outcome.done) terminal.print(`${done} ${outcome.id} of ${outcome.queue}`)
      else terminal.say(`${terminal.style.red('error')} ${outcome.reason}`)
    }
  }
  return outcomes.every((outcome) => outcome.done) ? exitCode.done : exitCode.failed
}

function inQuarantine(id: string): CommandError {
  const remedy = `brine quarantine show, replay or discard ${id}`
  return new CommandError(exitCode.failed, `the job ${id} is in quarantine: ${remedy}`)
}
