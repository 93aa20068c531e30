// A flow over two queues, whose children wait for their signal.

import { setTimeout as wait } from 'node:timers/promises'
import { createFlowProducer, type Handler, type JobHandle, node } from 'brinemq'
import { expect, onTestFinished } from 'vitest'
import type { FlowOptions } from '../../src/flow/flow-node.ts'
import { redisUrl } from '../connection.ts'
import { gate, openWorker, type People, peopleQueue } from './people.ts'

/** Two queues, a flow producer for them, and handlers that wait for their signal and say what they saw. */
export function openFamily({ parent = (() => undefined) as Handler<People, 'anything'>, connection = redisUrl } = {}) {
  const parents = peopleQueue()
  const children = peopleQueue()
  const flows = createFlowProducer({ connection })
  onTestFinished(() => flows.close())
  const started = new Map<unknown, ReturnType<typeof gate<void>>>()
  const startOf = (payload: unknown) => {
    const known = started.get(payload) ?? gate<void>()
    started.set(payload, known)
    return known
  }
  const aborted: unknown[] = []
  const runs: unknown[] = []
  const work: Handler<People, 'anything'> = async (payload, context) => {
    runs.push(payload)
    if (String(payload).startsWith('quick')) return payload
    if (String(payload).startsWith('bad')) throw new Error('bad')
    startOf(payload).open()
    await wait(60_000, undefined, { signal: context.signal }).catch(() => aborted.push(payload))
    return 'charged'
  }
  openWorker(children, work, { concurrency: 10, connection })
  openWorker(parents, parent, { concurrency: 10, connection })
  const child = (payload: unknown, options: FlowOptions = {}) => node(children, 'anything', payload, { options })
  return { parents, children, flows, child, started: (payload: unknown) => startOf(payload).opened, aborted, runs }
}

export const states = (jobs: readonly (JobHandle | undefined)[]) => Promise.all(jobs.map((job) => job?.state()))
export const cancelled = expect.objectContaining({ code: 'JOB_CANCELLED' })
/** A delay that no test waits for. */
export const never = { delay: 600_000 }
