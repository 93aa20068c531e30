import { setTimeout as wait } from 'node:timers/promises'
import { node } from 'brinemq'
import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { cancelled, never, openFamily, states } from './cancel-family.ts'
import { gate, openProducer, rejection } from './people.ts'

test('stops the jobs below a parent that run, at every depth and in other queues, and names them', async () => {
  const { parents, children, flows, child, started, aborted } = openFamily()
  const middle = node(parents, 'anything', 'middle', { children: [child('deep'), child('waits', never)] })
  const { job, children: below } = await flows.add(
    node(parents, 'anything', 'top', { children: [middle, child('shallow')] }),
  )
  await Promise.all([started('deep'), started('shallow')])
  const [first, shallow] = below
  const [deep, waits] = first?.children ?? []
  const ends = [job, first?.job, deep?.job, waits?.job, shallow?.job].map((one) =>
    rejection(Promise.resolve(one?.result())),
  )
  const found = await job.cancel('enough')
  expect(found).toMatchObject({ state: 'removed', notStopped: [] })
  const at = { prefix: children.prefix, queue: 'people', name: 'anything' }
  expect(found.stopping.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
    [
      { ...at, id: deep?.job.id },
      { ...at, id: shallow?.job.id },
    ].toSorted((a, b) => `${a.id}`.localeCompare(`${b.id}`)),
  )
  expect(await Promise.all(ends)).toEqual(ends.map(() => cancelled))
  expect(aborted.toSorted()).toEqual(['deep', 'shallow'])
  const all = [job, first?.job, deep?.job, waits?.job, shallow?.job]
  expect(await states(all)).toEqual(['missing', 'missing', 'failed', 'missing', 'failed'])
})

test('names the children that it did not stop: those that completed, and those in quarantine', async () => {
  const { parents, flows, child, started } = openFamily()
  const { job, children: below } = await flows.add(
    node(parents, 'anything', 'top', {
      children: [
        child('quick'),
        child('quick and gone', { removeOnComplete: true }),
        child('runs'),
        child('damaged', never),
      ],
    }),
  )
  const [quick, gone, , damaged] = below.map((one) => one.job)
  await Promise.all([started('runs'), quick?.result(), gone?.result()])
  const client = openClient()
  const producer = openProducer(parents)
  const key = `${damaged && (await client.keys(`*:people:${damaged.id}`))[0]}`
  await client.hset(key, 'data', '{')
  await damaged?.promote()
  expect(await rejection(Promise.resolve(damaged?.result()))).toMatchObject({ code: 'JOB_QUARANTINED' })
  const { state, notStopped } = await producer.job('anything', job.id).cancel('enough')
  expect(state).toBe('removed')
  expect(Object.fromEntries(notStopped.map(({ id, reason }) => [id, reason]))).toEqual({
    [String(quick?.id)]: 'completed',
    [String(gone?.id)]: 'completed',
    [String(damaged?.id)]: 'quarantined',
  })
})

test('leaves the children that run when it is told to, and removes the others', async () => {
  const { parents, flows, child, started, aborted } = openFamily()
  const { job, children: below } = await flows.add(
    node(parents, 'anything', 'top', { children: [child('runs'), child('waits', never)] }),
  )
  await started('runs')
  expect(await job.cancel('enough', { leaveRunning: true })).toEqual({ state: 'removed', stopping: [], notStopped: [] })
  expect(await states([job, ...below.map((one) => one.job)])).toEqual(['missing', 'active', 'missing'])
  expect(aborted).toEqual([])
})

test('stops what is below a child that has failed its parent', async () => {
  const { parents, flows, child, started, aborted, runs } = openFamily()
  const middle = node(parents, 'anything', 'middle', {
    children: [child('bad', { failParentOnFailure: true, delay: 1 }), child('deep'), child('waits', never)],
  })
  const { job, children: below } = await flows.add(node(parents, 'anything', 'top', { children: [middle] }))
  await started('deep')
  const [first] = below
  expect(await rejection(Promise.resolve(first?.job.result()))).toMatchObject({ code: 'JOB_FAILED' })
  expect(await job.cancel('enough')).toMatchObject({ state: 'removed', stopping: [{}], notStopped: [] })
  const [, deep, waits] = first?.children ?? []
  expect(await rejection(Promise.resolve(deep?.job.result()))).toEqual(cancelled)
  expect(await states([deep?.job, waits?.job])).toEqual(['failed', 'missing'])
  expect([aborted, runs.includes('waits')]).toEqual([['deep'], false])
})

test('stops the children that a running job has added, and forgets its steps, which a retry does again', async () => {
  const stepped = gate()
  const { parents, flows, child, started, aborted, runs } = openFamily({
    parent: async (_payload, { children, signal }) => {
      await children.step('none', () => [])
      await children.add([child('runs', { jobId: 'added' }), child('waits', never)])
      stepped.open()
      await wait(60_000, undefined, { signal })
    },
  })
  const { job } = await flows.add(node(parents, 'anything', 'top'))
  await Promise.all([stepped.opened, started('runs')])
  const client = openClient()
  const steps = () => client.hget(`${parents.prefix}:people:${job.id}`, 'brine:steps')
  expect(await steps()).toBe('["none"]')
  expect(await job.cancel('enough')).toMatchObject({ state: 'requested', stopping: [{ id: 'added' }] })
  expect(await rejection(job.result())).toEqual(cancelled)
  await expect.poll(() => aborted).toEqual(['runs'])
  expect([runs, await steps()]).toEqual([['runs'], null])
})

/** Marks a job as cancelled without telling its worker, as when the message is late. */
const markSilently = (key: string) => openClient().hset(key, 'defa', 'JOB_CANCELLED anything: unheard')

test('removes what a handler adds after its job was cancelled, before it has heard of it', async () => {
  const thrown = gate<unknown>()
  const { parents, flows, child, started, aborted, runs } = openFamily({
    parent: async (payload, { children, id }) => {
      if (payload !== 'top') return
      await markSilently(`${parents.prefix}:people:${id}`)
      await children.step('late', () => [child('late'), child('waits', never)]).catch(thrown.open)
    },
  })
  const { job } = await flows.add(node(parents, 'anything', 'top'))
  expect(await rejection(job.result())).toEqual(cancelled)
  expect(await thrown.opened).toEqual(cancelled)
  if (runs.includes('late')) await started('late')
  await expect.poll(() => aborted).toEqual(runs)
  const client = openClient()
  expect(await client.scard(`${parents.prefix}:people:${job.id}:dependencies`)).toBe(runs.length)
  expect(await client.hget(`${parents.prefix}:people:${job.id}`, 'brine:steps')).toBeNull()
})

test('ends a job that comes to wait for its children when it was cancelled, before it has heard of it', async () => {
  const { parents, flows, child } = openFamily({
    parent: async (_payload, { children, id }) => {
      if ((await children.counts()).unprocessed > 0) return
      await children.add([child('waits', never)])
      await markSilently(`${parents.prefix}:people:${id}`)
      await children.wait()
    },
  })
  const { job } = await flows.add(node(parents, 'anything', 'top'))
  expect(await rejection(job.result())).toEqual(cancelled)
  expect(await job.state()).toBe('missing')
})
