import { createFlowProducer, createProducer, createWorker, node, sandboxed } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { quiet, rejection } from '../people.ts'
import { everythingUnder } from './sealed-queue.ts'
import { vault } from './vault.ts'

const handlers = { open: ({ what }: { what: string }) => ({ found: what }), collect: () => [] }

test.each(['thread', 'process'] as const)('a sandboxed handler opens and seals in its %s', async (where) => {
  const prefix = freshPrefix()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const handler = sandboxed(new URL('./open-vault.ts', import.meta.url), { in: where })
  const worker = createWorker(vault, { ...quiet, prefix, handlers: { ...handlers, open: handler } })
  onTestFinished(async () => {
    await Promise.all([producer.close(), worker.close()])
  })
  expect(await (await producer.enqueue('open', { what: 'gold' })).result()).toEqual({ found: 'gold' })
  const empty = await producer.enqueue('open', { what: 'nothing' })
  expect(await rejection(empty.result())).toMatchObject({ name: 'RangeError', message: 'there is no nothing' })
  expect(await empty.progress()).toEqual({ what: 'nothing' })
  expect(await everythingUnder(prefix)).not.toMatch(/gold|nothing/)
})

test('no middleware runs for a forged job of a sandboxed handler', async () => {
  const prefix = freshPrefix()
  const producer = createProducer(vault, { connection: redisUrl, prefix })
  const seen: string[] = []
  const { id } = await producer.enqueue('open', { what: 'gold' }, { jobId: 'forged' })
  await openClient().hset(`${prefix}:vault:${id}`, 'data', '{"what":"lead"}')
  const handler = sandboxed(new URL('./open-vault.ts', import.meta.url), { in: 'thread' })
  const worker = createWorker(vault, {
    ...{ ...quiet, prefix, handlers: { ...handlers, open: handler } },
    use: [
      (job, next) => {
        seen.push(job.id)
        return next()
      },
    ],
  })
  onTestFinished(async () => {
    await Promise.all([producer.close(), worker.close()])
  })
  expect(`${await rejection(producer.job('open', id).result())}`).toContain('SEAL_MISSING')
  expect(seen).toEqual([])
})

test.each(['thread', 'process'] as const)(
  'a sandboxed handler in its %s takes what its own children give',
  async (where) => {
    const prefix = freshPrefix()
    const redis = openClient()
    const flows = createFlowProducer({ connection: redisUrl, prefix })
    // Parents that are delayed when their children have ended, so that they can be looked at before.
    const opening = createWorker(vault, { ...quiet, prefix, handlers })
    const closing: { close(): Promise<unknown> }[] = [flows, opening]
    onTestFinished(async () => {
      await Promise.all(closing.map((one) => one.close()))
    })
    const trees = []
    for (const what of ['mine', 'others']) {
      const children = [node(vault, 'open', { what })]
      const tree = await flows.add(node(vault, 'collect', 'more', { options: { delay: 600_000 }, children }))
      await tree.children[0]?.job.result()
      await expect.poll(() => tree.job.state()).toBe('delayed')
      trees.push(tree.job)
    }
    await opening.close()
    const [mine, others] = trees
    const key = (id?: string) => `${prefix}:vault:${id}:processed`
    await redis.hset(key(mine?.id), await redis.hgetall(key(others?.id)))
    const collect = sandboxed(new URL('./collect-vault.ts', import.meta.url), { in: where })
    closing.push(createWorker(vault, { ...quiet, prefix, handlers: { ...handlers, collect } }))
    for (const job of trees) await job.promote()
    expect(await others?.result()).toEqual(['more', 'others'])
    expect(await rejection(mine?.result() ?? Promise.resolve())).toMatchObject({ code: 'SEAL_INVALID', job: 'open' })
  },
)
