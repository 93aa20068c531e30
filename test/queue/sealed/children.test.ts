import { createProducer, type HandlerContext, node } from 'brinemq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openClient, redisUrl } from '../../connection.ts'
import { gate, rejection } from '../people.ts'
import { ended, ignored, openReports } from './reports.ts'

describe.each(['sign', 'encrypt'] as const)('with keys, in mode %s, a parent', (mode) => {
  const open = () => openReports(mode)

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
})
