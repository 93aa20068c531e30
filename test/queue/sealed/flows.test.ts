import { createFlowProducer, createWorker, defineQueue, node } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../../connection.ts'
import { quiet } from '../people.ts'
import { keysOf } from './sealed-queue.ts'

test.each(['sign', 'encrypt'] as const)(
  'in mode %s, carries flows: children’s results and errors, and children that a handler adds',
  async (mode) => {
    const prefix = freshPrefix()
    const digests = defineQueue('digests', {
      keys: keysOf(mode, { active: 'k2' }),
      jobs: {
        digest: { payload: z.string(), result: z.string() },
        other: { payload: z.string(), result: z.number() },
      },
    })
    const reports = defineQueue('reports', {
      keys: keysOf(mode),
      jobs: { report: { payload: z.string(), result: z.array(z.string()) } },
    })
    const flows = createFlowProducer({ connection: redisUrl, prefix })
    const workers = [
      createWorker(digests, {
        ...{ ...quiet, prefix },
        handlers: {
          digest: (file) => {
            if (file === 'bad') throw new RangeError(`no ${file}`)
            return file.toUpperCase()
          },
          other: () => 7,
        },
      }),
      createWorker(reports, {
        ...{ ...quiet, prefix },
        handlers: {
          report: async (_, { children }) => {
            await children.step('more', () => [node(digests, 'digest', 'added')])
            const results = await children.results(digests, 'digest')
            const failures = await children.failures(digests)
            return [...results.map(({ result }) => result), ...failures.map(({ error }) => String(error))].sort()
          },
        },
      }),
    ]
    onTestFinished(async () => {
      await Promise.all([flows.close(), ...workers.map((worker) => worker.close())])
    })
    const { job } = await flows.add(
      node(reports, 'report', 'all', {
        children: [
          node(digests, 'digest', 'a', { options: { removeOnComplete: true } }),
          node(digests, 'other', 'b', { options: { removeOnComplete: true } }),
          node(digests, 'digest', 'bad', { options: { ignoreDependencyOnFailure: true } }),
        ],
      }),
    )
    expect(await job.result()).toEqual(['A', 'ADDED', 'RangeError: no bad'])
  },
)
