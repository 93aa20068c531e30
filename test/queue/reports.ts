// Parents and children: jobs of two queues that flows are made of.

import { createFlowProducer, createWorker, defineQueue } from 'brinemq'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { HandlerChildren } from '../../src/flow/handler-children.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import { Person, peopleQueue, person, TooYoung, tooYoung } from './people.ts'

export const ada = new Person('Ada', 36)
export const payload = { person: ada, at: new Date(5) }
export const greeted = { text: 'Hi Ada 36', greetedAt: new Date(1), friends: [ada] }

type Collect = (children: HandlerChildren, context: { id: string; attempt: number }) => unknown

/** A queue for parents, beside that of people, and what adds flows. */
export function setUp(collect: Collect, options: { attempts?: number } = {}) {
  const people = peopleQueue()
  const reports = defineQueue('reports', {
    prefix: freshPrefix(),
    models: [person, tooYoung],
    jobs: { collect: { payload: z.string(), result: z.unknown(), options } },
  })
  const worker = createWorker(reports, {
    connection: redisUrl,
    shutdownOnSignals: false,
    onError: () => {},
    drainDelay: 1,
    handlers: { collect: (_, { children, id, attempt }) => collect(children, { id, attempt }) },
  })
  onTestFinished(() => worker.close({ graceMs: 0 }))
  const flows = createFlowProducer({ connection: redisUrl })
  onTestFinished(() => flows.close())
  return { people, reports, flows, worker }
}

export const failing = () => {
  throw new TooYoung(ada, { cause: new RangeError('36') })
}
