// Two queues with keys: parents that report what the digests below them gave.

import { createFlowProducer, createProducer, createWorker, defineQueue, type HandlerContext, node } from 'brinemq'
import { createInline, createInlineFlows } from 'brinemq/testing'
import { expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import type { SealMode } from '../../../src/seal/keyring.ts'
import { freshPrefix, redisUrl } from '../../connection.ts'
import { quiet } from '../people.ts'
import { keysOf } from './sealed-queue.ts'

export const ignored = { ignoreDependencyOnFailure: true }

export function openReports(mode: SealMode) {
  const prefix = freshPrefix()
  const digests = defineQueue('digests', {
    keys: keysOf(mode, { active: 'k2' }),
    jobs: { digest: { payload: z.string(), result: z.string() } },
  })
  const reports = defineQueue('reports', {
    keys: keysOf(mode),
    jobs: { report: { payload: z.string(), result: z.array(z.string()) } },
  })
  const flows = createFlowProducer({ connection: redisUrl, prefix })
  const producer = createProducer(reports, { connection: redisUrl, prefix })
  const closing: { close(): Promise<unknown> }[] = [flows, producer]
  onTestFinished(async () => {
    await Promise.all(closing.map((one) => one.close()))
  })
  const digest = (file: string) => {
    if (file.startsWith('bad')) throw new RangeError(`no ${file}`)
    return file.toUpperCase()
  }
  const collect = async (_: string, { children }: HandlerContext) => {
    const results = await children.results(digests, 'digest')
    const failures = await children.failures(digests)
    return [...results.map(({ result }) => result), ...failures.map(({ error }) => String(error))].sort()
  }
  return {
    ...{ prefix, digests, reports, flows, producer, collect },
    digesting() {
      const worker = createWorker(digests, { ...quiet, prefix, handlers: { digest } })
      closing.push(worker)
      return worker
    },
    reporting(report = collect) {
      const worker = createWorker(reports, { ...quiet, prefix, handlers: { report } })
      closing.push(worker)
      return worker
    },
    inMemory() {
      const inlines = [
        createInline(digests, { handlers: { digest } }),
        createInline(reports, { handlers: { report: collect } }),
      ] as const
      closing.push(...inlines)
      return { inlines, flows: createInlineFlows(...inlines) }
    },
  }
}

/** Flows whose children have ended and whose parents wait to run. */
export async function ended(
  { digests, reports, flows, digesting }: ReturnType<typeof openReports>,
  options: object = {},
) {
  const add = (title: string, file: string) =>
    flows.add(node(reports, 'report', title, { children: [node(digests, 'digest', file, { options })] }))
  const [mine, others] = [await add('mine', 'bad mine'), await add('others', 'bad others')]
  const fine = [await add('fine', 'mine'), await add('fine', 'others')]
  const worker = digesting()
  for (const tree of [mine, others, ...fine]) {
    await tree.children[0]?.job.result().catch(() => {})
    await expect.poll(() => tree.job.state()).toBe('waiting')
  }
  await worker.close()
  return { mine, others, fine }
}
