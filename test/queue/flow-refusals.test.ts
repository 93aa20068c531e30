import { node } from 'brinemq'
import { expect, test } from 'vitest'
import { openClient } from '../connection.ts'
import { rejection, untyped } from './people.ts'
import { ada, setUp } from './reports.ts'

test('sends nothing of a flow in which anything is wrong, and names its place', async () => {
  const { people, reports, flows } = setUp(() => 1)
  const anything = (more?: object) => node(people, 'anything', 1, more)
  const wrong: [flow: unknown, code: string, path: string][] = [
    [untyped(node)(people, 'greet', { person: ada, at: 5 }), 'PAYLOAD_INVALID', '$.children[1].payload.at'],
    [node(people, 'anything', { f() {} }), 'UNSUPPORTED_VALUE', '$.children[1].payload.f'],
    [anything({ options: { attempts: -1 } }), 'OPTIONS_INVALID', '$.children[1].options.attempts'],
    [untyped(node)(people, 'nobody', 1), 'JOB_UNKNOWN', '$.children[1]'],
    [untyped(node)('people', 'anything', 1), 'OPTIONS_INVALID', '$.children[1].contract'],
    [anything({ options: { deduplication: { id: 'a' } } }), 'OPTIONS_INVALID', '$.children[1].options.deduplication'],
    [anything({ options: { parent: { id: 'a', queue: 'b' } } }), 'OPTIONS_INVALID', '$.children[1].options.parent'],
    [
      anything({ options: { failParentOnFailure: true, ignoreDependencyOnFailure: true } }),
      'OPTIONS_INVALID',
      '$.children[1].options.ignoreDependencyOnFailure',
    ],
  ]
  for (const [child, code, path] of wrong) {
    const flow = { ...node(reports, 'collect', 'all'), children: [anything(), child] }
    expect(await rejection(untyped(flows.add)(flow))).toMatchObject({ code, path })
  }
  expect(await openClient().keys(`${people.prefix}:*`)).toEqual([])
})

test('sends nothing of a flow with a child that is the child of another parent', async () => {
  const { people, reports, flows } = setUp((children) =>
    children.add([node(people, 'anything', 2), node(people, 'anything', 1, { options: { jobId: 'a' } })]),
  )
  const child = () => node(people, 'anything', 1, { options: { jobId: 'a' } })
  const parent = (...children: ReturnType<typeof child>[]) => node(reports, 'collect', 'all', { children })
  await flows.add(parent(child()))
  const client = openClient()
  const keys = () => client.keys(`*-${String(people.prefix).split('-').slice(-2).join('-')}:*`)
  const before = (await keys()).toSorted()
  const taken = (path: string) => expect.objectContaining({ code: 'OPTIONS_INVALID', job: 'anything', path })
  expect(await rejection(flows.add(parent(child())))).toEqual(taken('$.children[0].options.jobId'))
  const many = [node(people, 'anything', 1), parent(node(people, 'anything', 3), child())]
  expect(await rejection(flows.addBulk(many))).toEqual(taken('$[1].children[1].options.jobId'))
  const twice = () => node(people, 'anything', 1, { options: { jobId: 'b' } })
  expect(await rejection(flows.addBulk([parent(twice()), parent(twice())]))).toEqual(
    taken('$[1].children[0].options.jobId'),
  )
  expect((await keys()).toSorted()).toEqual(before)
  const { job } = await flows.add(node(reports, 'collect', 'adds'))
  expect(await rejection(job.result())).toEqual(taken('$[1].options.jobId'))
  expect(await client.llen(`${people.prefix}:people:wait`)).toBe(1)
})

test('hears of parents that are gone', async () => {
  const { people, flows } = setUp(() => 1)
  const queue = `${people.prefix}:people`
  const orphan = { ...node(people, 'anything', 1), options: { parent: { id: 'nobody', queue } } }
  expect(await rejection(untyped(flows.add)(orphan))).toMatchObject({ code: 'OPTIONS_INVALID' })
})
