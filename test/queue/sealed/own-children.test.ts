import { createFlowProducer, createProducer, createWorker, defineQueue, node } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { codecOf } from '../../../src/job/contract-codec.ts'
import { openClient, redisUrl } from '../../connection.ts'
import { quiet, rejection } from '../people.ts'
import { ended, ignored, openReports } from './reports.ts'
import { keysOf } from './sealed-queue.ts'

describe.each(['sign', 'encrypt'] as const)('with keys, in mode %s, a parent', (mode) => {
  const open = () => openReports(mode)

  test('takes what its own children give: nested, under given ids, added again, and in steps that run again', async () => {
    const { prefix, digests, reports, flows, digesting, reporting, collect } = open()
    const redis = openClient()
    let redone = false
    const top = node(reports, 'report', 'top', {
      options: { jobId: 'top' },
      children: [
        node(reports, 'report', 'mid', { options: { jobId: 'mid' }, children: [node(digests, 'digest', 'deep')] }),
        node(digests, 'digest', 'high'),
      ],
    })
    const trees = [await flows.add(top), await flows.add(top)]
    expect(trees.map((tree) => tree.job.deduplicated)).toEqual([false, true])
    digesting()
    reporting(async (title, context) => {
      const { children, id } = context
      const more = () =>
        children.step('more', () => [node(reports, 'report', 'added', { children: [node(digests, 'digest', 'late')] })])
      if (title === 'top') {
        await more()
        // As if its worker had died when the children were added, and the step was not noted.
        if (!redone) await redis.hdel(`${prefix}:reports:${id}`, 'brine:steps')
        redone = true
        await more()
      }
      const below = await children.results(reports, 'report')
      return [...(await collect(title, context)), ...below.flatMap(({ result }) => result)].sort()
    })
    const results = await Promise.all(trees.map((tree) => tree.job.result()))
    expect(results[0]).toEqual(['DEEP', 'DEEP', 'HIGH', 'HIGH', 'LATE'])
    expect(results[1]).toEqual(results[0])
    expect(await trees[0]?.children[0].job.result()).toEqual(['DEEP', 'DEEP'])
  })

  test('takes what a child gives that was enqueued for it, when the child’s contract has its keys', async () => {
    const { prefix, digests, reports, flows, digesting, reporting } = open()
    const child = createProducer(digests, { connection: redisUrl, prefix })
    onTestFinished(() => child.close())
    const held = node(reports, 'report', 'held', {
      children: [node(digests, 'digest', 'first', { options: { delay: 500 } })],
    })
    const { job } = await flows.add(held)
    const parent = { id: job.id, queue: `${prefix}:reports` }
    await child.enqueue('digest', 'second', { parent })
    await child.enqueueBulk([{ name: 'digest', payload: 'third', options: { parent } }])
    await flows.add(node(digests, 'digest', 'fourth', { options: { parent } as object }))
    digesting()
    reporting()
    expect(await job.result()).toEqual(['FIRST', 'FOURTH', 'SECOND', 'THIRD'])
  })

  test('takes what its children give when an older build sealed it', async () => {
    const opened = open()
    const { prefix, reports, reporting } = opened
    const { fine } = await ended(opened, ignored)
    const [mine] = fine
    const id = String(mine?.job.id)
    const old = codecOf(reports, prefix).encode('fine', { kind: 'payload', job: 'report', version: 1, id })
    await openClient().hset(`${prefix}:reports:${id}`, 'data', old)
    reporting()
    expect(await opened.producer.job('report', id).result()).toEqual(['MINE'])
  })

  test('takes what its children give while producers without keys are accepted', async () => {
    const { prefix, digests, reports } = open()
    const accepting = { accept: 'unsealed' as const }
    const jobs = {
      digests: { digest: { payload: z.string(), result: z.string() } },
      reports: { report: { payload: z.string(), result: z.array(z.string()) } },
    }
    const old = {
      digests: defineQueue('digests', { jobs: jobs.digests }),
      reports: defineQueue('reports', { jobs: jobs.reports }),
    }
    const now = {
      digests: defineQueue('digests', { keys: keysOf(mode, { active: 'k2', ...accepting }), jobs: jobs.digests }),
      reports: defineQueue('reports', { keys: keysOf(mode, accepting), jobs: jobs.reports }),
    }
    const flows = createFlowProducer({ connection: redisUrl, prefix })
    const reading = createProducer(now.reports, { connection: redisUrl, prefix })
    const workers = [
      createWorker(now.digests, { ...quiet, prefix, handlers: { digest: (file) => file.toUpperCase() } }),
      createWorker(now.reports, {
        ...{ ...quiet, prefix },
        handlers: {
          report: async (_, { children }) => {
            await children.step('more', () => [node(now.digests, 'digest', 'late')])
            return (await children.results(now.digests, 'digest')).map(({ result }) => result).sort()
          },
        },
      }),
    ]
    onTestFinished(async () => {
      await Promise.all([flows, reading, ...workers].map((one) => one.close()))
    })
    const without = await flows.add(node(old.reports, 'report', 'a', { children: [node(old.digests, 'digest', 'a')] }))
    const withKeys = await flows.add(node(reports, 'report', 'b', { children: [node(digests, 'digest', 'b')] }))
    expect(await reading.job('report', without.job.id).result()).toEqual(['A', 'LATE'])
    expect(await withKeys.job.result()).toEqual(['B', 'LATE'])
  })

  test('is told apart in memory as in Redis', async () => {
    const { digests, reports, inMemory } = open()
    const { inlines, flows } = inMemory()
    const children = [node(digests, 'digest', 'a'), node(digests, 'digest', 'bad', { options: ignored })]
    const root = node(reports, 'report', 'all', { options: { jobId: 'root' }, children })
    const [one, again] = [await flows.add(root), await flows.add(root)]
    await Promise.all(inlines.map((inline) => inline.drain()))
    expect([one.job.deduplicated, again.job.deduplicated]).toEqual([false, true])
    expect(await one.job.result()).toEqual(['A', 'RangeError: no bad'])
    expect(await again.job.result()).toEqual(await one.job.result())
    const failing = await flows.add(
      node(reports, 'report', 'fails', {
        children: [node(digests, 'digest', 'bad', { options: { failParentOnFailure: true } })],
      }),
    )
    await Promise.all(inlines.map((inline) => inline.drain()))
    expect(await rejection(failing.job.result())).toMatchObject({ code: 'JOB_FAILED', cause: { name: 'RangeError' } })
  })
})
