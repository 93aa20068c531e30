import { defineQueue, node } from 'brinemq'
import { createFakeFlows, createFakeProducer } from 'brinemq/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Person, person, rejection, untyped } from '../queue/people.ts'

const ada = new Person('Ada', 36)
const visits = defineQueue('visits', {
  models: [person],
  jobs: { visit: { payload: person.schema, result: person.schema } },
})
const parties = defineQueue('parties', { jobs: { party: { payload: z.string(), options: { attempts: 2 } } } })

function open() {
  const fakeVisits = createFakeProducer(visits)
  const fakeParties = createFakeProducer(parties)
  return { fakeVisits, fakeParties, flows: createFakeFlows(fakeVisits, fakeParties) }
}

test('captures each job of a flow in the fake of its queue, as its handler would receive it', async () => {
  const { fakeVisits, fakeParties, flows } = open()
  const { job, children } = await flows.add(
    node(parties, 'party', 'garden', { children: [node(visits, 'visit', ada, { options: { delay: 5 } })] }),
  )
  expect(fakeParties.expectEnqueued('party', 'garden', { attempts: 2 }).id).toBe(job.id)
  const parent = { id: job.id, queue: 'bull:parties' }
  const captured = fakeVisits.expectEnqueued('visit', { name: 'Ada' }, { delay: 5, parent })
  expect(captured.payload).toEqual(ada)
  expect(captured.payload).not.toBe(ada)
  expect(captured.id).toBe(children[0].job.id)
  expect([fakeParties.jobs.length, fakeVisits.jobs.length]).toEqual([1, 1])
})

test('holds a parent until its children are ended', async () => {
  const { fakeVisits, fakeParties, flows } = open()
  const { job, children } = await flows.add(
    node(parties, 'party', 'garden', { children: [node(visits, 'visit', ada)] }),
  )
  expect(await job.state()).toBe('waiting-children')
  expect(await rejection(fakeParties.complete(job, 1))).toMatchObject({ code: 'JOB_STATE_INVALID', job: 'party' })
  await fakeVisits.complete(children[0].job, ada)
  expect(await job.state()).toBe('waiting')
  await fakeParties.complete(job, 'tidy')
  expect(await job.result()).toBe('tidy')
})

test('refuses what production would, and captures none of the flow then', async () => {
  const { fakeVisits, fakeParties, flows } = open()
  const wrong = { ...node(visits, 'visit', ada), payload: 5 }
  expect(
    await rejection(flows.add(node(parties, 'party', 'garden', { children: [node(visits, 'visit', ada), wrong] }))),
  ).toMatchObject({ code: 'PAYLOAD_INVALID', path: '$.children[1].payload' })
  const elsewhere = defineQueue('elsewhere', { jobs: { a: { payload: z.number() } } })
  expect(
    await rejection(flows.add(node(parties, 'party', 'garden', { children: [node(elsewhere, 'a', 1)] }))),
  ).toMatchObject({ code: 'OPTIONS_INVALID' })
  expect([fakeParties.jobs, fakeVisits.jobs]).toEqual([[], []])
  expect(() => untyped(createFakeFlows)({})).toThrow('OPTIONS_INVALID')
  await flows.close()
  expect(await rejection(flows.add(node(parties, 'party', 'garden')))).toMatchObject({ code: 'CLOSED' })
})
