import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { defineQueue } from '../../../src/contract/define-queue.ts'
import { codecOf } from '../../../src/queue/contract-codec.ts'
import { node } from '../../../src/queue/flow/flow-node.ts'
import { createFlowProducer } from '../../../src/queue/flow/flow-producer.ts'
import { createProducer } from '../../../src/queue/producer/producer.ts'
import type { HandlerContext } from '../../../src/queue/worker/handler.ts'
import { createWorker } from '../../../src/queue/worker/worker.ts'
import { createInline } from '../../../src/testing/create-inline.ts'
import { createInlineFlows } from '../../../src/testing/create-inline-flows.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { gate, quiet, rejection } from '../people.ts'
import { keysOf } from './sealed-queue.ts'

const ignored = { ignoreDependencyOnFailure: true }

describe.each(['sign', 'encrypt'] as const)('with keys, in mode %s, a parent', (mode) => {
  function open() {
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

  /** Two flows whose children have ended and whose parents are yet to run. */
  async function ended({ digests, reports, flows, digesting }: ReturnType<typeof open>, options: object = {}) {
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

  test('takes no results of another flow’s children', async () => {
    const opened = open()
    const { prefix, reporting } = opened
    const redis = openClient()
    const { fine } = await ended(opened, ignored)
    const [mine, others] = fine.map(({ job }) => job)
    const key = (id?: string) => `${prefix}:reports:${id}:processed`
    const stolen = await redis.hgetall(key(others?.id))
    await redis.del(key(mine?.id))
    await redis.hset(key(mine?.id), stolen)
    reporting()
    const refused = await rejection(mine?.result() ?? Promise.resolve())
    expect(refused).toMatchObject({ code: 'SEAL_INVALID', job: 'digest' })
    expect(`${refused}`).toContain(fine[1]?.children[0]?.job.id)
    expect(await others?.result()).toEqual(['OTHERS'])
  })

  test('takes no results of the children of another run of its schedule', async () => {
    const { prefix, digests, producer, digesting, reporting, collect } = open()
    const redis = openClient()
    const runs: string[] = []
    const both = gate()
    const report = async (title: string, context: HandlerContext) => {
      const { children, id } = context
      if (!runs.includes(id) && runs.push(id) === 2) both.open()
      await children.step('digest', () => [node(digests, 'digest', `of ${runs.indexOf(id)}`)])
      return collect(title, context)
    }
    await producer.schedules.upsert('often', { name: 'report', payload: 'all', repeat: { every: 500, limit: 2 } })
    const first = reporting(report)
    await both.opened
    const jobs = runs.map((id) => producer.job('report', id))
    for (const job of jobs) await expect.poll(() => job.state()).toBe('waiting-children')
    await first.close()
    digesting()
    for (const job of jobs) await expect.poll(() => job.state()).toBe('waiting')
    const [mine = '', others = ''] = runs.map((id) => `${prefix}:reports:${id}:processed`)
    await redis.rename(others, mine)
    reporting(report)
    expect(await rejection(jobs[0]?.result() ?? Promise.resolve())).toMatchObject({ code: 'SEAL_INVALID' })
    expect(await jobs[1]?.result()).toEqual([])
  })

  test('takes no errors of another flow’s children, kept in their hashes or in its own', async () => {
    for (const kept of [false, true]) {
      const opened = open()
      const { prefix, reporting } = opened
      const redis = openClient()
      const { mine, others } = await ended(opened, { ...ignored, removeOnFail: kept })
      const key = (id: string) => `${prefix}:reports:${id}`
      const stolen = await redis.hgetall(`${key(others.job.id)}:failed`)
      await redis.del(`${key(mine.job.id)}:failed`)
      await redis.hset(`${key(mine.job.id)}:failed`, stolen)
      const fields = Object.entries(await redis.hgetall(key(others.job.id)))
      const errors = fields.filter(([name]) => name.startsWith('brine:child:'))
      expect(errors).toHaveLength(kept ? 1 : 0)
      for (const [name, text] of errors) await redis.hset(key(mine.job.id), name, text)
      reporting()
      const [told] = (await mine.job.result()) as string[]
      expect(told).toContain('SEAL_INVALID')
      expect(told).toContain(others.children[0]?.job.id)
      expect(await others.job.result()).toEqual(['RangeError: no bad others'])
    }
  })

  test('hands no message to its handler that somebody wrote beside the errors of its children', async () => {
    const opened = open()
    const { prefix, reporting } = opened
    const redis = openClient()
    const { mine } = await ended(opened, ignored)
    await redis.hset(`${prefix}:reports:${mine.job.id}:failed`, `${prefix}:digests:forged`, 'mallory said so')
    reporting()
    const [forged, genuine] = (await mine.job.result()) as string[]
    expect(forged).toMatch(/^BrineError: JOB_FAILED: (?!.*mallory)/)
    expect(genuine).toBe('RangeError: no bad mine')
  })

  test('is failed by no error of another flow’s child', async () => {
    const opened = open()
    const { prefix, reporting } = opened
    const redis = openClient()
    const { mine, others } = await ended(opened, { failParentOnFailure: true })
    const child = others.children[0]?.job.id
    await redis.hset(`${prefix}:reports:${mine.job.id}`, 'defa', `child ${prefix}:digests:${child} failed`)
    reporting()
    const forged = await rejection(mine.job.result())
    expect(forged).toMatchObject({ code: 'JOB_FAILED', job: 'report' })
    expect(forged).not.toHaveProperty('cause')
    const genuine = await rejection(others.job.result())
    expect(genuine).toMatchObject({ code: 'JOB_FAILED', cause: { name: 'RangeError', message: 'no bad others' } })
  })

  test('takes no result of a job that nobody’s flow had, and no flow takes such a job', async () => {
    const { prefix, digests, reports, flows, digesting, reporting } = open()
    const redis = openClient()
    const alone = createProducer(digests, { connection: redisUrl, prefix })
    onTestFinished(() => alone.close())
    const job = await alone.enqueue('digest', 'alone', { jobId: 'alone' })
    digesting()
    await job.result()
    const children = [node(digests, 'digest', 'alone', { options: { jobId: 'alone' } })]
    expect(await rejection(flows.add(node(reports, 'report', 'a', { children })))).toMatchObject({
      ...{ code: 'OPTIONS_INVALID', job: 'digest', path: '$.children[0].options.jobId' },
    })
    const tree = await flows.add(node(reports, 'report', 'b', { children: [node(digests, 'digest', 'b')] }))
    await tree.children[0]?.job.result()
    const returned = String(await redis.hget(`${prefix}:digests:alone`, 'returnvalue'))
    await redis.hset(`${prefix}:reports:${tree.job.id}:processed`, `${prefix}:digests:alone`, returned)
    reporting()
    expect(await rejection(tree.job.result())).toMatchObject({ code: 'SEAL_INVALID' })
  })

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
